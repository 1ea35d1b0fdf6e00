"""`manage.py prove_bookings`: nobody can book what somebody else has, however many try at once."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from bookings.proof.requests import Crowd
from bookings.proof.scenarios import Outcome, Proof
from bookings.proof.world import made_up

REQUESTS = 200
READY_WITHIN = 60  # seconds
QUIET = {"HOST": "127.0.0.1", "MEET_TLS": "", "RELAY_WORKERS": "0", "JOB_WORKERS": "0"}


class Command(BaseCommand):
    help = "Fires bookings at the running product from many people at once, and fails where two of them overlap."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--workers", type=int, default=16, help="how many people ask at the same time")
        parser.add_argument(
            "--url",
            action="append",
            default=[],
            help="where the product answers, on this database; again for each of several processes. "
            "Without it, a server of the command's own",
        )

    def handle(self, *args: Any, workers: int, url: list[str], **options: Any) -> None:
        with contextlib.ExitStack() as stack:
            urls = url or [stack.enter_context(own_server())]
            world = stack.enter_context(made_up(REQUESTS))
            self.stdout.write(f"{workers} people at once, at {', '.join(urls)}")
            found = [self._say(one) for one in Proof(world, Crowd(urls, workers), REQUESTS).outcomes()]
        wrong = [f"{one.name}: {reason}" for one in found for reason in one.wrong]
        if wrong:
            raise CommandError("\n".join(wrong))
        self.stdout.write(self.style.SUCCESS("No two bookings overlap."))

    def _say(self, outcome: Outcome) -> Outcome:
        times = sorted(outcome.times)
        took = f"95 %: {1000 * times[int(0.95 * len(times))]:.0f} ms, slowest {times[-1]:.1f} s" if times else ""
        self.stdout.write(f"{outcome.name:<24} {_counted(outcome.counts):<44} {took} {', '.join(outcome.wrong)}")
        self.stdout.flush()
        return outcome


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{number} × {name}" for name, number in sorted(counts.items()))


@contextlib.contextmanager
def own_server() -> Iterator[str]:
    """`manage.py serve` as configured, on a free port of the loopback interface."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), "serve"],
            env={**os.environ, **QUIET, "PORT": str(port)},
            stdout=log,
            stderr=log,
        )
        try:
            _wait_for(url, process)
            yield url
        finally:
            process.terminate()
            process.wait()


def _wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/health/live", timeout=5):  # noqa: S310
            return
        time.sleep(0.2)
    raise CommandError("The server does not start; run `manage.py serve` to see why.")
