"""`python -m benchmarks.fanout`: deliveries per CPU-second of the server, as a ratio to a bare `websockets` broadcast.

Ours goes the whole way from a command on a socket: consumer, channel layer, hub, bounded outbox of each socket.
Rounds take turns, and the median is printed, so that a busy machine disturbs both alike.
"""

import asyncio
import contextlib
import statistics
from collections.abc import Sequence

from benchmarks.echo import EVENT
from benchmarks.load import Peer, Tally, measuring, open_peer
from benchmarks.servers import Server, data_directory, running
from tests import services

ROUNDS = 5
DELIVERIES = 60_000  # a round
FRAME = len(EVENT) + (2 if len(EVENT) < 126 else 4)
TARGET = 0.5


class Room:
    """So many sockets, spread over the servers, that take turns in speaking."""

    def __init__(self, servers: Sequence[Server]) -> None:
        self._servers = servers
        self._tally = Tally()
        self._listeners: list[Peer] = []

    async def fill(self, listeners: int) -> None:
        for index in range(listeners):
            peer = await open_peer(self._tally, self._servers[index % len(self._servers)].port, "/")
            self._listeners.append(peer)

    async def renew(self) -> None:
        """Everybody says something, since silent sockets are closed; only ours answers, and that is not counted."""
        for peer in self._listeners:
            peer.send('{"type":"listen","id":1}')
        before = -1
        while before != self._tally.received:
            before = self._tally.received
            await asyncio.sleep(0.3)

    async def round(self) -> float:
        """Deliveries per CPU-second."""
        await self.renew()
        before, events = self.cpu(), max(1, DELIVERIES // len(self._listeners))
        for number in range(events):
            speaker = self._listeners[number % len(self._listeners)]
            expected = self._tally.received + FRAME * len(self._listeners)
            speaker.send('{"type":"announce","id":1}')
            await self._tally.reach(expected)
        return events * len(self._listeners) / (self.cpu() - before)

    def cpu(self) -> float:
        return sum(server.cpu() for server in self._servers)


async def compare(listeners: int, ours: Sequence[Server], bare: Server) -> tuple[float, float]:
    rooms = [Room(ours), Room([bare])]
    for room in rooms:
        await room.fill(listeners)
        await room.round()  # warm
    results = [[await room.round() for room in rooms] for _ in range(ROUNDS)]
    return statistics.median(one[0] for one in results), statistics.median(one[1] for one in results)


def measure(name: str, listeners: int, environment: dict[str, str], processes: int = 1) -> float:
    with contextlib.ExitStack() as stack:
        environment = environment | stack.enter_context(data_directory())
        ours = [stack.enter_context(running(["-m", "benchmarks.echo", "ours"], environment)) for _ in range(processes)]
        bare = stack.enter_context(running(["-m", "benchmarks.echo", "bare"], {}))
        mine, limit = asyncio.run(compare(listeners, ours, bare))
    print(
        f"{name:28} {listeners:5} sockets  {mine:8.0f} /s  bare {limit:8.0f} /s  ratio {mine / limit:.2f}", flush=True
    )
    return mine / limit


def main() -> None:
    measuring()
    ratios = [measure("embedded", listeners, {}) for listeners in (200, 1000)]
    if services.found("redis"):
        with services.redis() as address:
            for listeners in (200, 1000):
                measure("Redis, two processes", listeners, {"REDIS_URL": address}, processes=2)
    print(f"target: at least {TARGET} embedded: {'met' if min(ratios) >= TARGET else 'MISSED'}")


if __name__ == "__main__":
    main()
