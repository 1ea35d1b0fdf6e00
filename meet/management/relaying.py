"""The relay's workers. Of several servers on one data directory one has them, and another takes over when it ends."""

import sys
from pathlib import Path

from django.conf import settings

from meet.management.keeping import Keeper
from signaling.relays import control_path


def relay_workers() -> list[Keeper]:
    directory = Path(settings.RELAY_DIR)
    if settings.RELAY_WORKERS:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    return [
        Keeper(f"relay-{number}", _command(number), alone=directory / f"worker-{number}.lock")
        for number in range(settings.RELAY_WORKERS)
    ]


def _command(number: int) -> list[str]:
    port = settings.RELAY_PORT + number if settings.RELAY_PORT else 0
    addresses = [part for address in settings.RELAY_ADDRESSES for part in ("--address", address)]
    where = ["--port", str(port), "--control", str(control_path(number))]
    return [sys.executable, "-m", "relay", *where, *addresses, "--with-parent"]
