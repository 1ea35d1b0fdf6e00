"""What one person sends of one source: its layers, what is remembered of them, and who gets it."""

from collections.abc import Callable, Sequence
from typing import Protocol

from relay import native, rtp
from relay.bandwidth import Meter
from relay.cache import Cache
from relay.codecs import CLOCK_RATES, Codec
from relay.extensions import Ids
from relay.gaps import Gaps, KeyframeAsking
from relay.reports import Reception
from relay.rtcp import SenderReport
from relay.rtp import Normalised, Packet
from relay.sequence import Sequencer
from relay.tap import Receiver

REPORTS = 0.2  # seconds between two reports that go on: each goes to everybody
ALIVE = 1.0  # seconds a layer without packets still counts as sent
SETTLED = 4.0  # seconds after which the rate of a layer is known; key frames count little in it
NOMINAL = {1: (720,), 2: (360, 720), 3: (180, 360, 720)}  # heights, until a key frame tells
EXPECTED = (150_000, 500_000, 1_700_000)  # bits per second
VP8_START = b"\x9d\x01\x2a"


class Sender(Protocol):
    """The link a publication comes by."""

    def ask_for_keyframe(self, layer: "Layer") -> None: ...


class Layer:
    """One encoding of a source."""

    __slots__ = (
        "asking",
        "cache",
        "gaps",
        "height",
        "meter",
        "fresh",
        "heard",
        "ids",
        "payload_types",
        "publication",
        "rank",
        "receivers",
        "reception",
        "reported",
        "rid",
        "sequencer",
        "ssrc",
        "woke",
    )

    def __init__(self, publication: "Publication", rid: str, rank: int, height: int) -> None:
        self.publication = publication
        self.rid = rid
        self.rank = rank
        self.height = height
        self.ids = Ids({})
        self.payload_types: dict[int, Codec] = {}
        self.receivers: list[Receiver] = []
        self.fresh: list[Normalised] = []
        self.heard = self.woke = self.reported = -1e9
        self.asking = KeyframeAsking()
        self.meter = Meter(SETTLED)
        self.ssrc = 0
        self.reception = Reception(0, CLOCK_RATES[publication.codec])
        self.sequencer = Sequencer()
        self.cache = Cache()
        self.gaps = Gaps()

    def bitrate(self, now: float) -> int:
        """As measured; at least as browsers are asked to send it, before there is a measure."""
        measured, expected = self.meter.rate(now), EXPECTED[self.rank]
        return measured if self.is_alive(now) and now - self.woke >= SETTLED else max(measured, expected)

    def is_alive(self, now: float) -> bool:
        return now - self.heard < ALIVE

    def deliver(self) -> None:
        """What came together goes to each receiver at once: that is what makes many receivers cheap."""
        fresh, self.fresh = self.fresh, []
        if fresh:
            packets = native.burst(fresh)
            try:
                for receiver in tuple(self.receivers):
                    receiver.take(self, packets)
            finally:
                if isinstance(packets, native.Burst):
                    packets.leave()


class Publication:
    def __init__(self, participant: str, source: str, kind: str, heard: Callable[["Publication", int], bool]) -> None:
        self.participant = participant
        self.source = source
        self.kind = kind
        self.codec: Codec = "opus" if kind == "audio" else "vp8"
        self.layers: list[Layer] = []
        self.receivers: dict[Receiver, None] = {}
        self.granted = True
        self.audible = kind == "video"
        self.sender: Sender | None = None
        self.watched: list[str] | None = None
        self._heard = heard

    @property
    def name(self) -> str:
        return f"{self.participant}/{self.source}"

    def describe(self, codec: Codec, rids: tuple[str, ...]) -> None:
        """What the publisher offered; the layers go on where they are still the same."""
        self.codec = codec
        if [layer.rid for layer in self.layers] == list(rids or ("",)):
            return
        heights = NOMINAL[max(1, len(rids))]
        for layer in self.layers:
            layer.cache.clear()
        self.layers = [Layer(self, rid, rank, heights[rank]) for rank, rid in enumerate(rids or ("",))]
        self.revise()

    def renew(self, old: Layer, ssrc: int) -> Layer:
        """Another sender, or the same with other numbers: nothing of the old ones goes on."""
        layer = Layer(self, old.rid, old.rank, old.height) if old.ssrc else old
        old.cache.clear()  # receivers remember the layer for as long as its numbers may be asked for
        layer.ids, layer.payload_types, layer.ssrc = old.ids, old.payload_types, ssrc
        layer.reception = Reception(ssrc, CLOCK_RATES[self.codec])
        self.layers[old.rank] = layer
        if layer is not old:
            self.revise()
        return layer

    def revise(self) -> None:
        for receiver in list(self.receivers):
            receiver.revise()

    def grant(self, granted: bool) -> None:
        if granted != self.granted:
            self.granted = granted
            self.revise()

    def end(self) -> None:
        self.sender = None
        for receiver in list(self.receivers):
            receiver.ended()
        self.receivers.clear()

    # Packets

    def take(self, layer: Layer, packet: Packet, now: float, *, repair: bool = False) -> bool:
        """Whether it is to go on, and waits in `layer.fresh`; False: repeated, not to be heard, or not allowed."""
        codec = layer.payload_types.get(packet.payload_type)
        if codec is None:
            return False
        made = rtp.normalise(packet, codec, layer.ids, layer.sequencer.place(packet.sequence), now)
        return self.pass_on(layer, [made], now, repair=repair)

    def pass_on(self, layer: Layer, packets: Sequence[Normalised], now: float, *, repair: bool = False) -> bool:
        """What `take` does once they are normalised, for what came together."""
        if not repair:
            layer.reception.arrived(packets, now)
        layer.gaps.arrived([one.index for one in packets], now)
        fresh = layer.cache.put(packets) if self.granted else None
        if not fresh:
            return False
        layer.meter.add(sum([one.size for one in fresh]), now)
        if fresh[0].video:
            self._seen(layer, fresh, now)
        else:
            fresh = [one for one in fresh if self._listened(one.level)]
        layer.fresh += fresh
        return bool(fresh)

    def _seen(self, layer: Layer, packets: Sequence[Normalised], now: float) -> None:
        revived, layer.heard = not layer.is_alive(now), now
        for made in packets:
            if made.keyframe:
                layer.asking.arrived()
                layer.height = _height(made) or layer.height
        if revived:
            layer.woke = now
            self.revise()

    def _listened(self, level: int) -> bool:
        audible = self._heard(self, level)
        if audible != self.audible:
            self.audible = audible
            self.revise()
        return audible

    def reported(self, layer: Layer, report: SenderReport, now: float) -> None:
        layer.reception.reported(report, now)
        if now - layer.reported < REPORTS:
            return
        layer.reported = now
        for receiver in layer.receivers:
            receiver.reported(layer, report)

    # What receivers want

    def ask_for_keyframe(self, layer: Layer) -> None:
        layer.asking.want()
        if self.sender:
            self.sender.ask_for_keyframe(layer)

    def offered(self, now: float) -> list[Layer]:
        """What is sent at the moment; all of it when nothing is, for somebody has to ask first."""
        return [layer for layer in self.layers if layer.is_alive(now)] or self.layers

    def rank_for(self, height: int) -> int:
        filling = (layer.rank for layer in self.layers if layer.height * 10 >= height * 9)
        return next(filling, len(self.layers) - 1)

    def watched_rids(self) -> list[str]:
        """What is watched at all. Smaller layers than the largest wanted are needed too, when bandwidth falls."""
        tallest = max((receiver.wished_height() for receiver in self.receivers), default=0)
        return [layer.rid for layer in self.layers[: self.rank_for(tallest) + 1]] if tallest else []


def _height(made: Normalised) -> int:
    """From a VP8 key frame, whose beginning is never encrypted."""
    head = made.payload[:20]
    at = head.find(VP8_START) + 5
    return int.from_bytes(head[at : at + 2], "little") & 0x3FFF if at > 5 and at + 2 <= len(head) else 0
