"""People of a meeting at the wire: real checks, handshakes and SRTP on loopback sockets, and every lie on demand."""

import asyncio
import contextlib
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, ClassVar

import msgspec
import pytest
from aiortc.rtcdtlstransport import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport

from relay import rtcp, rtp
from relay.batches import Address
from relay.load.peer import check
from relay.messages import AnyCommand, AnyMessage
from relay.native import Train
from relay.refusals import Refused
from relay.udp import Handler, Wire
from relay.worker import Worker
from tests.relay.packets import one_byte_form, vp8, wire

Packet = rtp.Packet
MID, LEVEL, SEND_TIME, RID, REPAIRED, TRANSPORT = 4, 1, 2, 10, 11, 3


async def until(condition: Callable[[], Any], within: float = 10.0) -> Any:
    """What the condition found; it fails where it stays false."""
    end = asyncio.get_running_loop().time() + within
    while not (found := condition()):
        assert asyncio.get_running_loop().time() < end, "it did not happen"
        await asyncio.sleep(0.005)
    return found


class Web:
    """The web process of these tests, speaking through the same decoder as the socket."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self.events: list[dict[str, Any]] = []

    def send(self, event: AnyMessage) -> None:
        self.events.append(json.loads(msgspec.json.encode(event)))

    def ask(self, kind: str, **fields: Any) -> Any:
        command: AnyCommand = msgspec.json.decode(json.dumps({"type": kind, "id": 1, **fields}), type=AnyCommand)
        return self.worker.perform(command, self)

    def told(self, kind: str, **fields: Any) -> list[dict[str, Any]]:
        wanted = {"type": kind, **fields}
        return [event for event in self.events if wanted.items() <= event.items()]


class Socket(asyncio.DatagramProtocol):
    """A peer's socket, whose datagrams a test may lose or change on their way."""

    sent = 0  # by all of them
    opened: ClassVar[list["Socket"]] = []
    names: ClassVar[set[tuple[str, int]]] = set()  # of all that were ever opened

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.handler: Callable[[bytes], None] = self.heard.append
        self.inward: Callable[[bytes], list[bytes]] = lambda data: [data]
        self.outward: Callable[[bytes], list[bytes]] = lambda data: [data]
        self.transport: Any = None

    @classmethod
    async def open(cls, to: tuple[str, int]) -> "Socket":
        host = "::1" if ":" in to[0] else "127.0.0.1"
        _, protocol = await asyncio.get_running_loop().create_datagram_endpoint(cls, (host, 0), to)
        cls.opened.append(protocol)
        cls.names.add(protocol.transport.get_extra_info("sockname")[:2])
        return protocol

    @classmethod
    async def close_all(cls) -> None:
        while cls.opened:
            cls.opened.pop().close()
        await asyncio.sleep(0)

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def error_received(self, exc: Exception) -> None:
        pass

    def datagram_received(self, data: bytes, addr: Any) -> None:
        for each in self.inward(data):
            self.handler(each)

    def send(self, data: bytes) -> None:
        for each in self.outward(data):
            Socket.sent += 1
            self.transport.sendto(each)

    def close(self) -> None:
        self.transport.close()


class Line:
    """One peer connection's transport: what a browser does for one link."""

    role, state = "controlling", "completed"
    which = 0  # of the relay's addresses

    def __init__(self) -> None:
        self.ufrag = "peer"
        self.certificate = RTCCertificate.generateCertificate()
        self.socket: Socket
        self.answers: list[bytes] = []
        self.rtp: list[Packet] = []
        self.rtcp: list[rtcp.Message] = []
        self.raw: list[bytes] = []
        self._handshake: asyncio.Queue[bytes] = asyncio.Queue()
        self.dtls: RTCDtlsTransport | None = None

    @property
    def fingerprint(self) -> str:
        return next(
            f"{one.algorithm} {one.value}" for one in self.certificate.getFingerprints() if "256" in one.algorithm
        )

    async def open(self, description: str) -> None:
        self.theirs = _attribute(description, "ice-ufrag")
        self.password = _attribute(description, "ice-pwd")
        self.expected = _attribute(description, "fingerprint")
        host, port = re.findall(r"a=candidate:\S+ 1 udp \d+ (\S+) (\d+)", description)[self.which]
        self.socket = await Socket.open((host, int(port)))
        self.socket.handler = self._arrived

    def check(self, **how: Any) -> None:
        self.socket.send(check(self.ufrag, self.theirs, self.password, **how))

    async def connect(self, description: str) -> "Line":
        await self.open(description)
        await self.prove()
        await self.shake()
        return self

    async def prove(self) -> None:
        self.check()
        await until(lambda: self.answers)

    async def shake(self) -> None:
        self.dtls = RTCDtlsTransport(self, [self.certificate])  # type: ignore[arg-type]
        self.dtls._set_role("client")
        algorithm, value = self.expected.split()
        parameters = RTCDtlsParameters(fingerprints=[RTCDtlsFingerprint(algorithm, value)])
        await asyncio.wait_for(self.dtls.start(parameters), 15)

    def _arrived(self, data: bytes) -> None:
        if data[0] < 4:
            self.answers.append(data)
        elif data[0] < 64:
            self._handshake.put_nowait(data)
        elif self.dtls and self.dtls._rx_srtp:
            self.raw.append(data)
            if 192 <= data[1] <= 223:
                self.rtcp += rtcp.parse(self.dtls._rx_srtp.unprotect_rtcp(data))
            else:
                self.rtp.append(rtp.parse(self.dtls._rx_srtp.unprotect(data)))

    async def _recv(self) -> bytes:
        return await self._handshake.get()

    async def _send(self, data: bytes) -> None:
        self.socket.send(data)

    def protected(self, packet: bytes) -> bytes:
        assert self.dtls
        if 192 <= packet[1] <= 223:
            return bytes(self.dtls._tx_srtp.protect_rtcp(packet))
        return bytes(self.dtls._tx_srtp.protect(packet))

    def send(self, packet: bytes) -> None:
        self.socket.send(self.protected(packet))

    def told(self, kind: type) -> list[Any]:
        return [message for message in self.rtcp if isinstance(message, kind)]

    async def close(self) -> None:
        if self.dtls:
            await self.dtls.stop()


def _attribute(description: str, name: str) -> str:
    return re.findall(rf"a={name}:(.*?)\r?\n", description)[0]


AUDIO = """m=audio 9 UDP/TLS/RTP/SAVPF 111
a=mid:{mid}
a=sendonly
a=rtpmap:111 opus/48000/2
a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
"""
VIDEO = """m=video 9 UDP/TLS/RTP/SAVPF 100 101
a=mid:{mid}
a=sendonly
a=rtpmap:100 VP8/90000
a=rtpmap:101 rtx/90000
a=fmtp:101 apt=100
a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id
a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id
a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
"""


class Person:
    """Somebody in the meeting, with both links."""

    def __init__(self, web: Web, name: str, meeting: str = "weekly") -> None:
        self.web, self.name, self.meeting = web, name, meeting
        self.up, self.down = Line(), Line()
        self.rids: tuple[str, ...] = ()
        self.session = "1"
        self.mids: dict[str, str] = {}
        self.offer: dict[str, Any] = {}
        self._numbers: Counter[tuple[str, str]] = Counter()
        self._taken = 0

    def ask(self, kind: str, **fields: Any) -> Any:
        return self.web.ask(kind, meeting=self.meeting, participant=self.name, **fields)

    def join(self, *sources: str, receive: bool = True) -> "Person":
        self.ask("join", sources=list(sources or ("microphone", "camera")), receive=receive)
        return self

    # Sending

    def description(self, *sources: str, extra: str = "") -> str:
        lines = f"v=0\no=- {self.session} 2 IN IP4 127.0.0.1\ns=-\nt=0 0\na=ice-ufrag:{self.up.ufrag}\n"
        lines += f"a=ice-pwd:peerpeerpeerpeerpeerpeer\na=fingerprint:{self.up.fingerprint}\na=setup:actpass\n{extra}"
        for mid, source in enumerate(sources):
            video = source in {"camera", "screen"}
            lines += (VIDEO if video else AUDIO).format(mid=mid)
            if source == "camera" and self.rids:
                lines += "".join(f"a=rid:{rid} send\n" for rid in self.rids)
                lines += f"a=simulcast:send {';'.join(self.rids)}\n"
        return lines.replace("\n", "\r\n")

    def publish(self, *sources: str) -> str:
        """The answer."""
        self.mids = {str(mid): source for mid, source in enumerate(sources)}
        answer: str = self.ask("publish", sdp=self.description(*sources), mids=self.mids).sdp
        return answer

    async def send(self, *sources: str) -> "Person":
        await self.up.connect(self.publish(*sources))
        return self

    def ssrc(self, source: str, rid: str = "") -> int:
        return 1000 + 10 * [*self.mids.values()].index(source) + (self.rids.index(rid) if rid else 0)

    def packet(self, source: str, payload: bytes, *, rid: str = "", level: int = 30, **fields: Any) -> bytes:
        number = self._numbers[source, rid] = self._numbers[source, rid] + 1
        mid = next(mid for mid, one in self.mids.items() if one == source)
        video = source in {"camera", "screen"}
        elements = {MID: mid.encode(), **({RID: rid.encode()} if rid else {})}
        if not video:
            elements[LEVEL] = bytes((level,))
        fields = {"sequence": number & 0xFFFF, "timestamp": number * (4500 if video else 960), **fields}
        fields.setdefault("ssrc", self.ssrc(source, rid))
        fields.setdefault("payload_type", 100 if video else 111)
        fields.setdefault("marker", video)
        return wire(payload, extension=one_byte_form(elements), **fields)

    def speak(self, words: bytes = b"hello", **fields: Any) -> None:
        self.up.send(self.packet("microphone", words, **fields))

    def film(
        self, body: bytes = b"frame", *, key: bool = False, source: str = "camera", rid: str = "", **fields: Any
    ) -> None:
        picture = self._numbers[source, rid] + 1
        self.up.send(self.packet(source, vp8(picture & 0x7FFF, picture & 0xFF, key=key, body=body), rid=rid, **fields))

    # Receiving

    def newest_offer(self) -> dict[str, Any] | None:
        offers = [one for one in self.web.told("offer", participant=self.name) if one["version"] > self._taken]
        return offers[-1] if offers else None

    def accept(self, offer: dict[str, Any]) -> None:
        self.offer, self._taken = offer, offer["version"]
        self.ask("accept", version=offer["version"], fingerprint=self.down.fingerprint, ufrag=self.down.ufrag)

    async def receive(self, *names: str) -> "Person":
        """Takes offers until these sources are in one; the first time it connects too."""
        while True:
            offer = await until(self.newest_offer)
            self.accept(offer)
            if self.down.dtls is None:
                await self.down.connect(offer["sdp"])
            if set(names) <= {f"{track['participant']}/{track['source']}" for track in offer["tracks"]}:
                return self

    def want(self, **heights: int) -> None:
        self.ask("want", heights={name.replace("_", "/"): height for name, height in heights.items()})

    def ssrc_of(self, name: str) -> int:
        """Of a source in the offer."""
        mid = next(one["mid"] for one in self.offer["tracks"] if f"{one['participant']}/{one['source']}" == name)
        section = next(one for one in self.offer["sdp"].split("\r\nm=") if f"a=mid:{mid}\r\n" in one)
        return int(re.findall(r"a=ssrc:(\d+)", section)[0])

    def got(self, name: str) -> list[Packet]:
        ssrc = self.ssrc_of(name)
        return [packet for packet in self.down.rtp if packet.ssrc == ssrc]

    def bodies(self, name: str) -> list[bytes]:
        video = not name.endswith(("microphone", "audio"))
        return [packet.payload[7:] if video else packet.payload for packet in self.got(name)]

    async def close(self) -> None:
        await self.up.close()
        await self.down.close()


class Nobody:
    """Is interested in nothing."""

    def datagram(self, wire: Wire, address: Address, length: int) -> None:
        pass

    def media(self, wire: Wire, train: Train) -> bool:
        return False


class Counting:
    def __init__(self, handler: Handler, saw: Callable[[Address, int], None]) -> None:
        self._handler, self._saw = handler, saw

    def datagram(self, wire: Wire, address: Address, length: int) -> None:
        self._saw(address, 1)
        self._handler.datagram(wire, address, length)

    def media(self, wire: Wire, train: Train) -> bool:
        taken = self._handler.media(wire, train)
        self._saw(train.address, train.count if taken else 0)
        return taken


class Gathering:
    """A worker, and people who go home after the test."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self.web = Web(worker)
        self.people: list[Person] = []
        self._seen = 0
        for each in worker.wires:
            each._handler = Counting(each._handler, self._saw)

    def _saw(self, address: Address, count: int) -> None:
        """Only what is from here: other programs send things to loopback ports, too."""
        self._seen += count * (address[:2] in Socket.names)

    def person(self, name: str, meeting: str = "weekly") -> Person:
        self.people.append(Person(self.web, name, meeting))
        return self.people[-1]

    @property
    def counts(self) -> Counter[str]:
        return Counter(self.worker.figures())  # type: ignore[arg-type]

    async def settled(self) -> None:
        """The worker has seen all that was sent to it."""
        await until(lambda: self._seen + self.counts["odd_sizes"] == Socket.sent)


@contextlib.asynccontextmanager
async def gathering(*addresses: str) -> AsyncIterator[Gathering]:
    Socket.sent = 0
    Socket.names.clear()
    troubles: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: troubles.append(context))
    worker = Worker([*addresses] or ["127.0.0.1"], 0)
    gathered = Gathering(worker)
    try:
        yield gathered
    finally:
        for person in gathered.people:
            await person.close()
        await Socket.close_all()
        await worker.close()
        assert troubles == []


@contextlib.contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(Refused) as caught:
        yield
    assert caught.value.code == code
