"""One link of one person, media in one direction: ICE lite, DTLS as server, SRTP. Nothing here knows of meetings."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiortc.rtcdtlstransport import RTCCertificate

from relay.batches import Target
from relay.describe import Transport
from relay.dtls import Dtls, Fingerprint, Handshakes, fingerprint_of
from relay.ice import CONSENT, Agent, Door
from relay.native import Train
from relay.srtp import INDEX, Keys
from relay.udp import Wire

if TYPE_CHECKING:
    from relay.publication import Layer
    from relay.uplink import Uplink

LARGEST_RTCP = 1400
SMALLEST = 250  # bytes a packet costs at least: many small ones are work too


@dataclass
class Port:
    """What all links of a worker share."""

    door: Door
    handshakes: Handshakes
    addresses: tuple[tuple[str, int], ...]
    now: Callable[[], float]
    counts: Counter[str] = field(default_factory=Counter)
    restless: set["Uplink"] = field(default_factory=set)  # something is missing
    probing: set["Link"] = field(default_factory=set)
    fresh: list["Layer"] = field(default_factory=list)  # with packets to hand to receivers, once no more arrive for now


class Allowance:
    """Bytes a second, and one second of them at once."""

    def __init__(self, rate: float, now: float) -> None:
        self._rate = self._left = rate
        self._at = now

    def takes(self, length: int, now: float, count: int = 1) -> bool:
        """Whether all of `count` packets may come in, `length` bytes together; large ones make up for small ones."""
        left = self._left + (now - self._at) * self._rate
        if left > self._rate:
            left = self._rate
        cost = max(length, SMALLEST * count)
        taken = cost <= left
        self._at, self._left = now, left - cost if taken else left
        return taken


class Link:
    kind = "link"
    rate = 250_000.0  # bytes a second we take

    def __init__(self, port: Port, changed: Callable[["Link", str], None]) -> None:
        self.port = port
        self.agent = Agent(port.door, self)
        self.state = "new"
        self.keys: Keys | None = None
        self.wire: Wire | None = None
        self.target: Target | None = None
        self.fingerprint: Fingerprint | None = None
        self._certificate = RTCCertificate.generateCertificate()
        self.dtls = self._new_dtls()
        self.round_trip = 0.1
        self._changed = changed
        self._allowance = Allowance(self.rate, port.now())

    # Setting up and ending

    def expect(self, fingerprint: Fingerprint, ufrag: str) -> None:
        """What the other side's description said."""
        self.agent.remote_ufrag = ufrag
        if self.fingerprint == fingerprint:
            return
        if self.fingerprint is not None:  # a page that began anew: a new connection over the same path
            self.dtls.close()
            self.dtls, self.keys, self.state = self._new_dtls(), None, "new"
        self.fingerprint = fingerprint
        self.agent.last_check = self.port.now()
        self.dtls.start(fingerprint, self._ready, self._lost)

    def _new_dtls(self) -> Dtls:
        return Dtls(self._certificate, self._send_handshake, self.port.handshakes)

    def transport(self, setup: str) -> Transport:
        credentials = self.agent.credentials
        return Transport(
            credentials.ufrag, credentials.password, fingerprint_of(self._certificate), setup, self.port.addresses
        )

    def close(self) -> None:
        if self.state == "closed":
            return
        self.state = "closed"
        self.keys = None
        self.dtls.close()
        self.agent.close()

    def check_consent(self, now: float) -> None:
        """While nobody answered an offer, nobody is expected to send checks."""
        if self.fingerprint is not None and now - self.agent.last_check > CONSENT:
            self._lost()

    def _ready(self, keys: Keys) -> None:
        if self.state == "new":
            self.keys = keys
            self.state = "connected"
            self._changed(self, "connected")

    def _lost(self) -> None:
        if self.state != "closed":
            self.close()
            self._changed(self, "lost")

    # What arrives

    def selected(self, wire: Wire, target: Target) -> None:
        self.wire, self.target = wire, target

    def datagram(self, wire: Wire, length: int) -> None:
        inbox = wire.inbox_view
        first = inbox[0]
        if not self._allowance.takes(length, wire.now):
            self.port.counts["over_rate"] += 1
        elif 127 < first < 192:
            if self.keys is None or length < 12:
                self.port.counts["early_or_short"] += 1
            elif 192 <= inbox[1] <= 223:
                self._rtcp(wire, length, self.keys)
            elif plain := self.keys.unprotect(wire.inbox, length):
                self.on_rtp(bytes(inbox[:plain]), wire.now)
            else:
                self.port.counts["not_genuine"] += 1
        elif not (19 < first < 64 and self.dtls.path.feed(bytes(inbox[:length]))):
            self.port.counts["odd_datagrams"] += 1

    def media(self, wire: Wire, train: Train) -> bool:
        """Whether they were taken; False: each comes as a datagram, as it is."""
        return False

    def _rtcp(self, wire: Wire, length: int, keys: Keys) -> None:
        if plain := keys.unprotect_rtcp(wire.inbox, length):
            self.on_rtcp(bytes(wire.inbox_view[:plain]))
        else:
            self.port.counts["not_genuine"] += 1

    def on_rtp(self, packet: bytes, now: float) -> None:
        self.port.counts["unexpected_rtp"] += 1

    def on_rtcp(self, packet: bytes) -> None:
        self.port.counts["unexpected_rtcp"] += 1

    # What leaves

    def send_rtcp(self, packet: bytes) -> None:
        wire, target, keys = self.wire, self.target, self.keys
        if wire is None or target is None or keys is None or len(packet) > LARGEST_RTCP:
            return
        length = len(packet) + keys.tag + INDEX
        if (run := wire.place(target, length, urgent=True)) is None:
            return
        wire.view[run.end : run.end + len(packet)] = packet
        if keys.protect_rtcp(wire.memory + run.end, len(packet)):
            run.grow(length)

    def _send_handshake(self, data: bytes) -> None:
        if self.wire is not None and self.target is not None:
            self.wire.send(self.target, data)
