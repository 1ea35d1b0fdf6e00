"""How many people one worker carries on this machine: ten more at a time, until something is full."""

import asyncio
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from relay.load.publisher import FRAMES, Publisher
from relay.load.receiver import Receiver
from relay.load.running import Load
from relay.load.seats import Control

MEETING: Final = 10
"""People in each meeting, so that everybody has nine tiles."""
BURST: Final = 6
"""Packets of a frame: 1.7 Mbit/s, as browsers send 720p at thirty frames a second."""
RATE: Final = BURST * FRAMES
LOSSY: Final = 0.01
FULL: Final = 0.95
"""Of a core."""
KEPT: Final = 0.98
"""The share of its pace below which the load itself is what is slow."""


@dataclass(frozen=True)
class Step:
    people: int
    core: float
    """The share of one core the worker needs."""
    lost: float
    p50: float
    p99: float
    """Seconds from the making of a packet to its arrival, over all receivers."""
    pace: float
    """The share that the load sent of what it should have."""

    @property
    def fits(self) -> bool:
        return self.lost <= LOSSY and self.core < FULL and self.pace >= KEPT


@asynccontextmanager
async def worker() -> AsyncIterator[tuple[Control, int]]:
    """One of its own, on loopback, and its process id."""
    with tempfile.TemporaryDirectory(prefix="meet-capacity-") as directory:
        path, log = Path(directory) / "relay.sock", Path(directory) / "relay.log"
        with log.open("w") as stderr:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter
                [sys.executable, "-m", "relay", "--port", "0", "--address", "127.0.0.1", "--control", str(path)],
                cwd=Path(__file__).parent.parent.parent,
                stderr=stderr,
            )
        try:
            control = await _control_of(process, path, log)
            yield control, process.pid
            control.close()
        finally:
            process.terminate()
            await asyncio.to_thread(process.wait)


async def _control_of(process: subprocess.Popen[bytes], path: Path, log: Path) -> Control:
    while process.poll() is None:
        try:
            return await Control.open(str(path))
        except OSError:
            await asyncio.sleep(0.05)
    raise RuntimeError(f"The worker does not start: {log.read_text()}")


async def steps(seconds: float) -> AsyncIterator[Step]:
    """Each of `seconds`; the last one is the first that does not fit, or the last whose people could connect."""
    async with worker() as (control, pid), Load() as load:
        while True:
            number = len(load.publishers) // MEETING
            try:
                load.add(*await _seated(control, f"meeting-{number}"))
            except OSError:  # TimeoutError among them
                return
            with load.sending(rate=RATE, burst=BURST):
                await asyncio.sleep(seconds / 3)  # the way of pictures has begun, everywhere
                step = await _measured(load, seconds, pid)
            yield step
            if not step.fits:
                return


async def _seated(control: Control, meeting: str) -> tuple[list[Publisher], list[Receiver]]:
    names = [f"person-{number}" for number in range(MEETING)]
    publishers, receivers = [Publisher() for _ in names], [Receiver() for _ in names]
    for name, publisher in zip(names, publishers, strict=True):
        await control.publish(meeting, name, publisher)
    others = [[other for other in names if other != name] for name in names]
    await asyncio.gather(*(control.receive(meeting, *each) for each in zip(names, receivers, others, strict=True)))
    return publishers, receivers


async def _measured(load: Load, seconds: float, pid: int) -> Step:
    result = await load.measure(seconds, pid)
    people = len(load.publishers)
    return Step(
        people,
        core=result.cpu / result.seconds,
        lost=1 - min(result.delivered / max(result.sent * (MEETING - 1), 1), 1),
        p50=result.latency(0.5),
        p99=result.latency(0.99),
        pace=result.sent / (RATE * people * result.seconds),
    )
