"""The relay's workers beside the web processes: started, started again when they die, gone with the server.

Of several servers on one data directory one has the workers, and another takes over when it ends.
"""

import fcntl
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from signaling.relays import control_path

logger = logging.getLogger(__name__)

AGAIN_AFTER = 0.5  # seconds; doubled for each worker that does not live long
AT_THE_LATEST = 30.0  # seconds
LONG = 10.0  # seconds
PATIENCE = 2  # seconds for a worker to end by itself


@contextmanager
def running_relay() -> Iterator[None]:
    keepers = [_Keeper(number) for number in range(settings.RELAY_WORKERS)]
    for keeper in keepers:
        keeper.start()
    try:
        yield
    finally:
        for keeper in keepers:
            keeper.stop()


class _Keeper(threading.Thread):
    """Of one worker. It ends when its standard input does, so also when this process is killed."""

    def __init__(self, number: int) -> None:
        super().__init__(name=f"relay-{number}", daemon=True)
        self._number = number
        self._stopping = threading.Event()
        self._worker: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        directory = Path(settings.RELAY_DIR)
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (directory / f"worker-{self._number}.lock").open("w") as lock:
            while not self._stopping.is_set() and not _taken(lock.fileno()):
                self._stopping.wait(AGAIN_AFTER)
            pause = AGAIN_AFTER
            while not self._stopping.is_set():
                began = time.monotonic()
                self._work()
                pause = AGAIN_AFTER if time.monotonic() - began > LONG else min(2 * pause, AT_THE_LATEST)
                self._stopping.wait(pause)

    def _work(self) -> None:
        how = {"stdin": subprocess.PIPE, "cwd": settings.BASE_DIR, "start_new_session": True}
        self._worker = subprocess.Popen(self._command(), **how)  # type: ignore[call-overload]  # noqa: S603
        code = self._worker.wait()
        if not self._stopping.is_set():
            logger.error("The relay's worker %d ended with %d; starting it again.", self._number, code)

    def _command(self) -> list[str]:
        port = settings.RELAY_PORT + self._number if settings.RELAY_PORT else 0
        addresses = [part for address in settings.RELAY_ADDRESSES for part in ("--address", address)]
        where = ["--port", str(port), "--control", str(control_path(self._number))]
        return [sys.executable, "-m", "relay", *where, *addresses, "--with-parent"]

    def stop(self) -> None:
        self._stopping.set()
        worker = self._worker
        if worker is None or worker.poll() is not None:
            return
        worker.terminate()
        try:
            worker.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            worker.kill()


def _taken(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
