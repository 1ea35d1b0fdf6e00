"""`manage.py doctor`: what works here, what does not, and how to mend it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from meet.doctor import CHECKS, examine
from meet.doctor.findings import Finding, State


class Command(BaseCommand):
    help = "Checks this installation by using it: one line each, and exit code 1 when something is wrong."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        states = []
        for name, found in examine(CHECKS):
            self._say(name, found)
            states.append(found.state)
        if State.WRONG in states:
            raise CommandError(f"{states.count(State.WRONG)} of {len(states)} are wrong.")

    def _say(self, name: str, found: Finding) -> None:
        style = {State.OK: self.style.SUCCESS, State.WARNING: self.style.WARNING, State.WRONG: self.style.ERROR}
        mend = f" → {found.mend}" if found.mend else ""
        self.stdout.write(f"{style[found.state](f'{found.state:<7}')} {name}: {found.said}{mend}")
        self.stdout.flush()
