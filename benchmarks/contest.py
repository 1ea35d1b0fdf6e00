"""Our relay and Janus, loaded in the same way: servers on one core, the load on another."""

import asyncio
import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from benchmarks.janus import Janus
from benchmarks.load import measuring
from benchmarks.secluded import ADDRESS
from relay.load.publisher import Publisher
from relay.load.receiver import Receiver
from relay.load.running import Load, Result, cpu
from relay.load.seats import Control

ROOT = Path(__file__).resolve().parent.parent
SERVER_CORE = 0
AT_ONCE = 32  # handshakes
OURS, ONE_LOOP, DEFAULT = "ours", "Janus, event_loops=1", "Janus, default"


@dataclass(frozen=True)
class Scenario:
    """Of `publishers` cameras; without `receivers` the publishers watch each other."""

    name: str
    publishers: int
    receivers: int
    rate: int
    """Packets a second of each camera."""

    @property
    def watchers(self) -> int:
        """Of each camera."""
        return self.receivers or self.publishers - 1


class Server(Protocol):
    process: subprocess.Popen[bytes]

    async def publish(self, name: str, publisher: Publisher) -> None: ...
    async def receive(self, name: str, receiver: Receiver, publishers: list[str]) -> None: ...
    def close(self) -> None: ...


class Ours:
    def __init__(self, process: subprocess.Popen[bytes], control: Control) -> None:
        self.process = process
        self._control = control

    @classmethod
    async def start(cls, directory: Path) -> "Ours":
        path = directory / "relay.sock"
        command = ["taskset", "-c", str(SERVER_CORE), sys.executable, "-m", "relay", "--port", "3479"]
        with (directory / "relay.log").open("w") as log:
            process = subprocess.Popen([*command, "--address", ADDRESS, "--control", str(path)], cwd=ROOT, stderr=log)
        while True:
            try:
                return cls(process, await Control.open(str(path)))
            except OSError:
                assert process.poll() is None, (directory / "relay.log").read_text()
                await asyncio.sleep(0.05)

    async def publish(self, name: str, publisher: Publisher) -> None:
        await self._control.publish("benchmark", name, publisher)

    async def receive(self, name: str, receiver: Receiver, publishers: list[str]) -> None:
        await self._control.receive("benchmark", name, receiver, publishers)

    def close(self) -> None:
        self._control.close()
        self.process.terminate()
        self.process.wait(10)


async def _start(name: str, directory: Path) -> Server:
    directory.mkdir()
    if name == OURS:
        return await Ours.start(directory)
    return await Janus.start(directory, str(SERVER_CORE), 1 if name == ONE_LOOP else 0)


async def _seat(server: Server, scenario: Scenario) -> Load:
    publishers = [Publisher(ADDRESS) for _ in range(scenario.publishers)]
    senders = [f"p{number}" for number in range(scenario.publishers)]
    watchers = [f"r{number}" for number in range(scenario.receivers)] or senders
    receivers = [Receiver(ADDRESS) for _ in watchers]
    for sender, publisher in zip(senders, publishers, strict=True):
        await server.publish(sender, publisher)
    places = asyncio.Semaphore(AT_ONCE)

    async def enter(name: str, receiver: Receiver) -> None:
        async with places:
            await server.receive(name, receiver, [sender for sender in senders if sender != name])

    await asyncio.gather(*map(enter, watchers, receivers))
    return Load(publishers, receivers)


@dataclass(frozen=True)
class Contestant:
    name: str
    server: Server
    load: Load

    @property
    def profiles(self) -> set[str]:
        return {peer.profile for peer in (*self.load.publishers, *self.load.receivers)}

    async def run(self, scenario: Scenario, burst: int, seconds: float) -> "Round":
        with self.load.sending(rate=scenario.rate, burst=burst):
            await asyncio.sleep(1)
            before = _busy()
            result = await self.load.measure(seconds, self.server.process.pid)
            others = (_busy() - before - result.cpu) / result.seconds
        await self._rest()
        return Round(scenario, result, others)

    async def _rest(self) -> None:
        """Until it has sent what it still held, some seconds at most: that is no burden for the next one to bear."""
        for _ in range(25):
            before = cpu(self.server.process.pid)
            await asyncio.sleep(0.2)
            if cpu(self.server.process.pid) - before < 0.02:
                return


def _busy() -> float:
    """Seconds the servers' core has worked so far, apart from what gives way (nice)."""
    line = next(one for one in Path("/proc/stat").read_text().splitlines() if one.startswith(f"cpu{SERVER_CORE} "))
    user, _nice, system, _idle, _waiting, *interrupts = map(int, line.split()[1:9])
    return (user + system + sum(interrupts)) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Round:
    scenario: Scenario
    result: Result
    others: float
    """The share of the servers' core that was not this server's."""

    @property
    def cost(self) -> float:
        """CPU microseconds for each packet that arrived."""
        return 1e6 * self.result.cpu / max(self.result.delivered, 1)

    @property
    def share(self) -> float:
        return self.result.delivered / max(self.result.sent * self.scenario.watchers, 1)

    @property
    def pace(self) -> float:
        """The share that the load sent of what it should have."""
        return self.result.sent / (self.scenario.rate * self.scenario.publishers * self.result.seconds)

    @property
    def marks(self) -> str:
        """What is wrong with it: * more than 2 % lost, ! a tenth of the core was somebody else's."""
        return "*" * (self.share < 0.98) + "!" * (self.others > 0.1)


def counting(rounds: Sequence[Round]) -> list[Round]:
    """Those nothing is wrong with, or all where there are none."""
    return [one for one in rounds if not one.marks] or [*rounds]


@contextlib.asynccontextmanager
async def contest(
    scenario: Scenario, names: Sequence[str] = (OURS, ONE_LOOP, DEFAULT)
) -> AsyncIterator[list[Contestant]]:
    """Everybody set up and connected, nobody sending. They must agree on one SRTP profile."""
    measuring()
    async with contextlib.AsyncExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="meet-")))
        contestants: list[Contestant] = []
        for number, name in enumerate(names):
            server = await _start(name, directory / str(number))
            stack.callback(server.close)
            load = await stack.enter_async_context(await _seat(server, scenario))
            contestants.append(Contestant(name, server, load))
        print(f"\n{scenario.name}, SRTP: {', '.join(f'{one.name} {one.profiles}' for one in contestants)}")
        assert len(set.union(*(one.profiles for one in contestants))) == 1, "not the same"
        yield contestants
