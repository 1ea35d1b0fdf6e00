"""A meeting that goes on: four people with layers who lose packets both ways, change their minds, share and reload."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

from benchmarks.remote import Remote, take_newest
from relay import rtcp
from tests.relay.packets import one_byte_form, wire
from tests.relay.peers import MID, REPAIRED, Person
from tests.relay.process import Process, Refused, Web

NAMES = "ann", "ben", "cid", "dot"
RIDS = "q", "h", "f"
PACKETS = {"q": 1, "h": 2, "f": 4}  # of a frame
TICK = 0.02  # seconds
LOST_UP, LOST_DOWN = 0.01, 0.02
HEIGHTS = 0, 180, 360, 720
ROOM = 200_000, 800_000, 2_000_000, 8_000_000  # bits per second
REMEMBERED = 300  # packets


class Attendant:
    """Somebody in it, from one reload to the next."""

    def __init__(self, worker: Process, name: str, life: int, counts: Counter[str]) -> None:
        self.random = Random(f"{name}{life}")
        self.counts = counts
        self.web: Web = worker.connect()
        self.person = Person(Remote(self.web), name, "lasting")  # type: ignore[arg-type]
        self.person.rids, self.person.session = RIDS, str(life + 1)
        self._sources = ["microphone", "camera"]
        self._sent: dict[tuple[int, int], bytes] = {}
        self._keys: set[int] = set()
        self._repairs = 0
        self._newest: dict[int, int] = {}

    async def enter(self, *, again: bool) -> None:
        self.person.join("microphone", "camera", "screen")
        await self.person.send(*self._sources)
        self.person.up.socket.outward = self._lossy(LOST_UP)
        if again:
            self.person.ask("restart")

    async def listen(self) -> None:
        is_first = self.person.down.dtls is None
        if await take_newest(self.person) is None:
            return
        if is_first:
            self.person.down.socket.inward = self._lossy(LOST_DOWN)
        self.wish()

    def _lossy(self, share: float) -> Any:
        return lambda data: [] if data[0] >= 128 and self.random.random() < share else [data]

    # Sending

    def speak(self) -> None:
        self._send(self.person.packet("microphone", bytes(60), level=self.random.randrange(20, 127)))

    def film(self) -> None:
        for rid in RIDS:
            for _ in range(PACKETS[rid]):
                self._film("camera", rid)
        if "screen" in self._sources:
            self._film("screen", "")

    def _film(self, source: str, rid: str) -> None:
        ssrc = self.person.ssrc(source, rid)
        key = ssrc in self._keys
        self._keys.discard(ssrc)
        start = b"\x10" if key else b"\x11"
        self._send(self.person.packet(source, b"\x10" + start + bytes(1000), rid=rid))

    def _send(self, packet: bytes) -> None:
        number, ssrc = int.from_bytes(packet[2:4], "big"), int.from_bytes(packet[8:12], "big")
        self._sent[ssrc, number] = packet
        if len(self._sent) > REMEMBERED * len(RIDS):
            del self._sent[next(iter(self._sent))]
        self.person.up.send(packet)

    def serve(self) -> None:
        """What the relay asks for."""
        up = self.person.up
        for message in up.rtcp:
            if isinstance(message, rtcp.Nack):
                self.counts["packets the relay asked for"] += len(message.lost)
                for number in message.lost:
                    self._repair(message.media, number)
            elif isinstance(message, rtcp.Pli):
                self.counts["key frames the relay asked for"] += 1
                self._keys.add(message.media)
        self._forget(up)

    def _repair(self, ssrc: int, number: int) -> None:
        """By the same packet again, or as RTX."""
        packet = self._sent.get((ssrc, number))
        mid, rank = divmod(ssrc - 1000, 10)
        if packet is None:
            return
        if mid != self._sources.index("camera") or self.random.random() < 0.5:
            self.person.up.send(packet)
            return
        self._repairs = self._repairs + 1 & 0xFFFF
        self.person.up.send(
            wire(
                packet[2:4] + packet[-1002:],
                extension=one_byte_form({MID: str(mid).encode(), REPAIRED: RIDS[rank].encode()}),
                ssrc=ssrc + 5,
                sequence=self._repairs,
                timestamp=int.from_bytes(packet[4:8], "big"),
                payload_type=101,
                marker=True,
            )
        )

    # Receiving

    def hear(self) -> None:
        """What came; what is missing is asked for once."""
        down = self.person.down
        for packet in down.rtp:
            self.counts["packets received"] += 1
            newest = self._newest.setdefault(packet.ssrc, packet.sequence)
            ahead = (packet.sequence - newest) & 0xFFFF
            if packet.ssrc % 2 == 0 and 1 < ahead < 50 and packet.payload_type != 111:
                missing = tuple((newest + step) & 0xFFFF for step in range(1, ahead))
                down.send(rtcp.Nack(9, packet.ssrc, missing).pack())
                self.counts["packets asked for"] += len(missing)
            self.counts["packets sent again"] += packet.ssrc % 2
            if ahead < 0x8000:
                self._newest[packet.ssrc] = packet.sequence
        self._forget(down)

    @staticmethod
    def _forget(line: Any) -> None:
        for kept in (line.rtp, line.rtcp, line.raw, line.answers):
            kept.clear()

    # Changing their minds

    def wish(self) -> None:
        names = [f"{one['participant']}/{one['source']}" for one in self.person.offer.get("tracks", ())]
        self.person.ask("want", heights={name: self.random.choice(HEIGHTS) for name in names})

    def report(self) -> None:
        if self.person.down.dtls:
            self.person.down.send(rtcp.Remb(9, self.random.choice(ROOM)).pack())

    def mute(self) -> None:
        granted = [one for one in ("microphone", "camera", "screen") if self.random.random() < 0.7]
        self.person.ask("grant", sources=granted, receive=True)

    def share(self) -> None:
        self._sources = ["microphone", "camera", *(["screen"] if "screen" not in self._sources else [])]
        self.person.publish(*self._sources)

    def check(self) -> None:
        for line in (self.person.up, self.person.down):
            if line.dtls:
                line.check()

    def deeds(self, tick: int) -> Iterator[Any]:
        yield self.speak
        for every, deed in ((3, self.film), (50, self.report), (125, self.check), (150, self.wish)):
            if tick % every == 0:
                yield deed
        for every, deed in ((250, self.mute), (1000, self.share)):
            if tick % every == every // 2:
                yield deed
        yield from (self.serve, self.hear)

    async def attend(self, ticks: int) -> None:
        for tick in range(ticks):
            await self.listen()
            for deed in self.deeds(tick):
                deed()
            await asyncio.sleep(TICK)

    def vanish(self) -> None:
        """As a page does that is loaded again."""
        for line in (self.person.up, self.person.down):
            if line.dtls:
                line.socket.outward = lambda data: []
                line.socket.close()
        self.web.close()


async def _one(worker: Process, name: str, counts: Counter[str]) -> None:
    random = Random(name)
    for life in range(10**9):
        attendant = Attendant(worker, name, life, counts)
        try:
            await attendant.enter(again=life > 0)
            await attendant.attend(random.randrange(3000, 9000))
        except (TimeoutError, AssertionError, Refused) as error:  # a machine that is too busy
            print(f"{name} begins anew: {error!r}", flush=True)
        attendant.vanish()
        await attendant.person.close()
        counts["reloads"] += 1


async def hold(worker: Process) -> Counter[str]:
    """Until it is cancelled; what happened."""
    counts: Counter[str] = Counter()
    try:
        async with asyncio.TaskGroup() as people:
            for name in NAMES:
                people.create_task(_one(worker, name, counts))
    except asyncio.CancelledError:
        return counts
    raise AssertionError("the meeting ended")
