"""Processes beside the web processes: started, started again when they die, gone with the server."""

import fcntl
import logging
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

logger = logging.getLogger(__name__)

AGAIN_AFTER = 0.5  # seconds; doubled for each process that does not live long
AT_THE_LATEST = 30.0  # seconds
LONG = 10.0  # seconds
PATIENCE = 5  # seconds for a process to end by itself


class Keeper(threading.Thread):
    """Of one process. It ends when its standard input does, so also when this process is killed.

    With `alone` it waits until no other keeper has this file.
    """

    def __init__(self, name: str, command: Sequence[str], alone: Path | None = None) -> None:
        super().__init__(name=name, daemon=True)
        self._command, self._alone = command, alone
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        if self._alone is None:
            self._keep()
            return
        with self._alone.open("w") as lock:
            while not self._stopping.is_set() and not _taken(lock.fileno()):
                self._stopping.wait(AGAIN_AFTER)
            self._keep()

    def _keep(self) -> None:
        pause = AGAIN_AFTER
        while not self._stopping.is_set():
            began = time.monotonic()
            self._watch()
            pause = AGAIN_AFTER if time.monotonic() - began > LONG else min(2 * pause, AT_THE_LATEST)
            self._stopping.wait(pause)

    def _watch(self) -> None:
        how = {"stdin": subprocess.PIPE, "cwd": settings.BASE_DIR, "start_new_session": True}
        self._process = subprocess.Popen(self._command, **how)  # type: ignore[call-overload]  # noqa: S603
        code = self._process.wait()
        if not self._stopping.is_set():
            logger.error("The process %s ended with %d; starting it again.", self.name, code)

    def stop(self) -> None:
        self._stopping.set()
        if self._process is not None:
            self._process.terminate()

    def bury(self, deadline: float) -> None:
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._process.kill()


@contextmanager
def kept(keepers: Sequence[Keeper]) -> Iterator[None]:
    for keeper in keepers:
        keeper.start()
    try:
        yield
    finally:
        for keeper in keepers:
            keeper.stop()
        deadline = time.monotonic() + PATIENCE
        for keeper in keepers:
            keeper.bury(deadline)


def _taken(lock: int) -> bool:
    with suppress(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False
