"""`manage.py capacity`: how many people the relay carries on this machine, found out by loading one."""

import asyncio
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from relay.load.capacity import FULL, KEPT, LOSSY, MEETING, Step, steps

SECONDS = 3.0


class Command(BaseCommand):
    help = "Loads a relay of its own on this machine with more and more people, and says how many fit."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(
            f"Meetings of {MEETING}, everybody sends 720p at 30 frames a second and sees {MEETING - 1} others.\n"
            "The load runs on this machine as well; where there is one core only, it takes its part of it."
        )
        asyncio.run(self._load())

    async def _load(self) -> None:
        fitting, last = 0, None
        async for step in steps(SECONDS):
            self._say(step)
            last = step
            if step.fits:
                fitting = step.people
        if not fitting:
            raise CommandError(f"Not even {MEETING} people fit: {why(last)}.")
        self.stdout.write(self.style.SUCCESS(f"This machine: {fitting} people with {MEETING - 1} tiles each"))
        self.stdout.write(f"for each worker (RELAY_WORKERS) that has a core to itself. With more, {why(last)}.")

    def _say(self, step: Step) -> None:
        bar = "█" * round(30 * min(step.core, 1.0))
        self.stdout.write(
            f"{step.people:5} people {bar:<30} {100 * step.core:3.0f} % of a core, {100 * step.lost:.1f} % lost, "
            f"{1000 * step.p50:.1f} ms (99 %: {1000 * step.p99:.1f} ms)"
        )
        self.stdout.flush()


def why(step: Step | None) -> str:
    """What is full."""
    if step is None or step.fits:
        return "they cannot connect in time"
    if step.pace < KEPT:
        return "the load cannot keep pace; the relay may carry more"
    if step.core >= FULL:
        return "the worker's core is full"
    return f"more than {LOSSY:.0%} is lost"
