"""People who come to a worker's meetings, are seen and heard by somebody who stays, and go in one way or another."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.remote import Remote, take_newest
from tests.relay.peers import Line, Person, Socket, until
from tests.relay.process import Refused, connected

MEETINGS = 4
AT_ONCE = 8
NEVER_SEEN = 30.0  # seconds
CONSENT = 30.0
OUTCOMES = ("left", "said goodbye", "vanished", "hung up", "broke off", "went wrong")
LEFT, GOODBYE, VANISHED, HUNG_UP, BROKE_OFF, WRONG = range(len(OUTCOMES))
CHANCES = (54, 30, 4, 2, 10)  # of a hundred


def silence(line: Line) -> None:
    """Nothing leaves any more, not even a goodbye; the socket goes too."""
    if hasattr(line, "socket"):
        line.socket.outward = line.socket.inward = lambda data: []


async def put_away(line: Line) -> None:
    await line.close()
    if hasattr(line, "socket"):
        line.socket.close()
        Socket.opened.remove(line.socket)


class Host:
    """Stays in a meeting, receives everybody, and sends a little."""

    def __init__(self, path: Path, meeting: str) -> None:
        self.web = connected(path)
        self.meeting = meeting
        self.seen: set[str] = set()
        self._begin()

    def _begin(self) -> None:
        self.person = Person(Remote(self.web), "host", self.meeting)  # type: ignore[arg-type]
        self._by_ssrc: dict[int, str] = {}

    async def stay(self) -> None:
        while True:
            try:
                await self._stay()
            except (TimeoutError, AssertionError, Refused) as error:  # a machine that is too busy
                print(f"the host of {self.meeting} begins anew: {error!r}", flush=True)
                self.person.ask("leave")
                self._begin()

    async def _stay(self) -> None:
        await self.person.join().send("microphone", "camera")
        for tick in range(10**9):
            await self._take_offer()
            if tick % 100 == 0:
                for line in (self.person.up, self.person.down):
                    if line.dtls:
                        line.check()
            self.person.speak(level=40)
            self.person.film(key=tick % 10 == 0)
            self._hear()
            await asyncio.sleep(0.05)

    async def _take_offer(self) -> None:
        offer = await take_newest(self.person)
        if offer is None:
            return
        names = [f"{one['participant']}/{one['source']}" for one in offer["tracks"]]
        self._by_ssrc = {self.person.ssrc_of(name): name for name in names}
        self.seen &= set(names)
        self.person.ask("want", heights=dict.fromkeys(names, 360))

    def _hear(self) -> None:
        for line in (self.person.up, self.person.down):
            self.seen |= {self._by_ssrc.get(packet.ssrc, "") for packet in line.rtp}
            for kept in (line.rtp, line.rtcp, line.raw, line.answers):
                kept.clear()


class Visit:
    """One person, from coming to going."""

    def __init__(self, path: Path, number: int, hosts: list[Host], places: asyncio.Semaphore) -> None:
        self.places = places
        self.random = Random(number)
        self.host = hosts[number % MEETINGS]
        self.web = connected(path)
        self.person = Person(Remote(self.web), f"v{number}", self.host.person.meeting)  # type: ignore[arg-type]

    async def take_place(self) -> int:
        """How it ended."""
        [outcome] = self.random.choices(range(len(CHANCES)), CHANCES)
        endings: dict[int, Callable[[], Awaitable[None]]] = {
            LEFT: self.leave,
            GOODBYE: self.say_goodbye,
            VANISHED: self.vanish,
            HUNG_UP: self.hang_up,
            BROKE_OFF: self.leave if self.random.random() < 0.5 else self.vanish,
        }
        try:
            async with self.places:
                self.person.join()
                await (self.break_off() if outcome == BROKE_OFF else self.be_seen())
            await endings[outcome]()
        finally:
            for line in (self.person.up, self.person.down):
                await put_away(line)
            self.web.close()
        return outcome

    async def be_seen(self) -> None:
        await self.person.send("microphone", "camera")
        await self.person.receive("host/camera")
        self.person.want(host_camera=360)
        deadline = time.monotonic() + NEVER_SEEN
        while f"{self.person.name}/camera" not in self.host.seen or not self.person.got("host/camera"):
            if time.monotonic() > deadline:
                raise TimeoutError
            self.person.speak(level=self.random.randrange(127))
            self.person.film(key=True)
            self.person.film()
            await asyncio.sleep(0.05)

    async def break_off(self) -> None:
        """In the middle of a handshake: after so many datagrams nothing goes either way."""
        line, left = self.person.up, self.random.randrange(4)
        await line.open(self.person.publish("microphone", "camera"))
        await line.prove()
        sent = 0

        def some(data: bytes) -> list[bytes]:
            nonlocal sent
            sent += 1
            return [data] if sent <= left else []

        line.socket.outward = some
        shaking = asyncio.ensure_future(line.shake())
        await asyncio.wait([shaking], timeout=0.5)
        shaking.cancel()  # which may get lost, so it is not waited for

    async def leave(self) -> None:
        self.person.ask("leave")

    async def say_goodbye(self) -> None:
        """As a page that closes."""
        await self.person.close()
        self.person.ask("leave")

    async def vanish(self) -> None:
        """The web process notices when the relay does; who never proved anything is told of by nobody."""
        for line in (self.person.up, self.person.down):
            silence(line)
        await asyncio.sleep(CONSENT + 3)
        self.web.ask("ping")
        lost = [one for one in self.web.events if one["type"] == "link" and one["state"] == "lost"]
        assert lost, "nobody noticed"
        self.person.ask("leave")

    async def hang_up(self) -> None:
        """The web process goes, and nobody comes back."""
        for line in (self.person.up, self.person.down):
            silence(line)


async def visits(path: Path, number: int, pace: float, outcomes: Any) -> None:
    """A few go wrong: a socket that gets the port of somebody who vanished cannot have that address for a while."""
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)  # what is still sent there is noise
    hosts = [Host(path, f"open{which}") for which in range(MEETINGS)]
    staying = [asyncio.ensure_future(host.stay()) for host in hosts]
    await until(lambda: all(host.person.up.dtls for host in hosts))
    places = asyncio.Semaphore(AT_ONCE)
    under_way: set[asyncio.Task[None]] = set()
    began = time.monotonic()

    async def one(which: int) -> None:
        try:
            outcome = await Visit(path, which, hosts, places).take_place()
        except (TimeoutError, AssertionError, OSError, Refused) as error:
            outcome = WRONG
            print(f"visit {which}: {error!r}", flush=True)
        outcomes[outcome] += 1

    for which in range(number):
        await asyncio.sleep(max(0.01, began + which * pace - time.monotonic()))
        async with places:
            under_way.add(task := asyncio.ensure_future(one(which)))
        task.add_done_callback(under_way.discard)
        for host in staying:
            assert not host.done(), host.result()
    await asyncio.gather(*under_way)


def come_and_go(path: Path, number: int, pace: float, outcomes: Any) -> None:
    asyncio.run(visits(path, number, pace, outcomes))
