"""Publishers and receivers together: packets at an even pace, reports and checks spread over time, and the sums."""

import asyncio
import contextlib
import itertools
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final

import cffi

from relay.load.publisher import Publisher
from relay.load.receiver import Receiver
from relay.load.sampling import overflows

ffi: Any = cffi.FFI()
ffi.cdef("""
struct timespec { long seconds; long nanoseconds; };
struct itimerspec { struct timespec interval; struct timespec first; };
int timerfd_create(int clock, int flags);
int timerfd_settime(int fd, int flags, const struct itimerspec *next, void *before);
""")
_MONOTONIC, _NONBLOCK, _CLOEXEC = 1, os.O_NONBLOCK, os.O_CLOEXEC
CHECK_EVERY: Final = 4
"""Seconds."""


class Ticker:
    """Calls with the number of intervals that have passed, usually 1; asyncio's own timers know only milliseconds."""

    def __init__(self, interval: float, call: Callable[[int], None]) -> None:
        self._call = call
        self._interval = round(interval * 1e9)
        library = ffi.dlopen(None)
        self._fd = int(library.timerfd_create(_MONOTONIC, _NONBLOCK | _CLOEXEC))
        every = divmod(self._interval, 1_000_000_000)
        library.timerfd_settime(self._fd, 0, ffi.new("struct itimerspec *", (every, every)), ffi.NULL)
        asyncio.get_running_loop().add_reader(self._fd, self._due)

    def _due(self) -> None:
        self._call(int.from_bytes(os.read(self._fd, 8), "little"))

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._fd)
        os.close(self._fd)


@dataclass(frozen=True)
class Result:
    """Of one stretch of time."""

    seconds: float
    sent: int
    delivered: int
    cpu: float
    """Seconds of the server's process, all its threads."""
    latencies: list[float]
    """Seconds, sorted; a sample over all receivers."""
    overflows: int
    """What sockets of this machine lost, the server's among them."""

    def latency(self, share: float) -> float:
        """Seconds that this share of the packets does not exceed."""
        return self.latencies[min(int(len(self.latencies) * share), len(self.latencies) - 1)] if self.latencies else 0.0


def cpu(pid: int) -> float:
    """Seconds a process has used so far, to the nanosecond (clock_getcpuclockid)."""
    return time.clock_gettime(~pid << 3 | 2)


class Load:
    """Of one server; as a context it keeps the links of everybody in it alive."""

    def __init__(self, publishers: Iterable[Publisher] = (), receivers: Iterable[Receiver] = ()) -> None:
        self.publishers, self.receivers = [*publishers], [*receivers]
        self._upkeep: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Load":
        self._upkeep = asyncio.get_running_loop().create_task(self._keep())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._upkeep:
            self._upkeep.cancel()
        for peer in (*self.publishers, *self.receivers):
            await peer.close()

    async def _keep(self) -> None:
        """Each one's reports once a second, never all at the same time."""
        for second in itertools.count():
            peers: list[Publisher | Receiver] = [*self.publishers, *self.receivers]
            for number, peer in enumerate(peers):
                peer.report()
                if (second + number) % CHECK_EVERY == 0:
                    peer.check()
                await asyncio.sleep(1 / len(peers))
            if not peers:
                await asyncio.sleep(0.1)

    def add(self, publishers: Iterable[Publisher], receivers: Iterable[Receiver]) -> None:
        """Not while sending."""
        self.publishers += publishers
        self.receivers += receivers

    @contextlib.contextmanager
    def sending(self, *, rate: float, burst: int) -> Iterator[None]:
        """`rate`: packets a second of each publisher, `burst` of them at once."""
        turns = itertools.cycle(self.publishers)

        def tick(times: int) -> None:
            for _ in range(times):
                next(turns).send(burst, rate)

        ticker = Ticker(burst / rate / len(self.publishers), tick)
        try:
            yield
        finally:
            ticker.close()

    async def measure(self, seconds: float, pid: int) -> Result:
        """What happens meanwhile. `pid` of the server."""
        before = self._sums(pid)
        for receiver in self.receivers:
            receiver.latencies.clear()
        await asyncio.sleep(seconds)
        latencies = sorted(one for receiver in self.receivers for one in receiver.latencies)
        passed, sent, delivered, used, lost = (after - one for after, one in zip(self._sums(pid), before, strict=True))
        return Result(passed, int(sent), int(delivered), used, latencies, int(lost))

    def _sums(self, pid: int) -> tuple[float, int, int, float, int]:
        sent = sum(publisher.packets for publisher in self.publishers)
        delivered = sum(receiver.delivered() for receiver in self.receivers)
        return time.monotonic(), sent, delivered, cpu(pid), overflows()
