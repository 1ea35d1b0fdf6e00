"""What one person sends of one source: its layers, what is remembered of them, and who gets it."""

from collections.abc import Callable
from typing import Protocol

from relay import rtp
from relay.cache import Cache
from relay.codecs import Codec
from relay.extensions import Ids
from relay.gaps import Gaps, KeyframeAsking
from relay.rtcp import SenderReport
from relay.rtp import Normalised, Packet
from relay.sequence import Sequencer
from relay.tap import Receiver

ALIVE = 1.0  # seconds a layer without packets still counts as sent
NOMINAL = {1: (720,), 2: (360, 720), 3: (180, 360, 720)}  # heights, until a key frame tells
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
        "heard",
        "ids",
        "payload_types",
        "publication",
        "rank",
        "receivers",
        "rid",
        "sequencer",
        "ssrc",
    )

    def __init__(self, publication: "Publication", rid: str, rank: int, height: int) -> None:
        self.publication = publication
        self.rid = rid
        self.rank = rank
        self.height = height
        self.ssrc = 0
        self.ids = Ids({})
        self.payload_types: dict[int, Codec] = {}
        self.receivers: list[Receiver] = []
        self.heard = -1e9
        self.asking = KeyframeAsking()
        self.start_anew()

    def start_anew(self) -> None:
        """Another sender, or the same with other numbers."""
        self.sequencer = Sequencer()
        self.cache = Cache()
        self.gaps = Gaps()

    def is_alive(self, now: float) -> bool:
        return now - self.heard < ALIVE


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
        self.layers = [Layer(self, rid, rank, heights[rank]) for rank, rid in enumerate(rids or ("",))]
        self.revise()

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

    def take(self, layer: Layer, packet: Packet, now: float) -> bool:
        """Whether it went on; False: repeated, not to be heard, or not allowed."""
        codec = layer.payload_types.get(packet.payload_type)
        if codec is None or not self.granted:
            return False
        made = rtp.normalise(packet, codec, layer.ids, layer.sequencer.place(packet.sequence), now)
        if not layer.cache.put(made):
            return False
        layer.gaps.arrived(made.index, now)
        if made.video:
            self._seen(layer, made, now)
        elif not self._listened(made.level):
            return False
        send_time = rtp.send_time(now)
        for receiver in tuple(layer.receivers):
            receiver.take(layer, made, send_time)
        return True

    def _seen(self, layer: Layer, made: Normalised, now: float) -> None:
        revived, layer.heard = not layer.is_alive(now), now
        if made.keyframe:
            layer.asking.arrived()
            layer.height = _height(made) or layer.height
        if revived:
            self.revise()

    def _listened(self, level: int) -> bool:
        audible = self._heard(self, level)
        if audible != self.audible:
            self.audible = audible
            self.revise()
        return audible

    def reported(self, layer: Layer, report: SenderReport) -> None:
        for receiver in layer.receivers:
            receiver.reported(layer, report)

    # What receivers want

    def ask_for_keyframe(self, layer: Layer) -> None:
        layer.asking.want()
        if self.sender:
            self.sender.ask_for_keyframe(layer)

    def layer_for(self, height: int, ceiling: int, now: float) -> Layer | None:
        """The smallest that fills this height, not above the ceiling, and sent at the moment if any is."""
        if not self.layers or height <= 0:
            return None
        rank = min(self.rank_for(height), ceiling)
        below = [layer for layer in self.layers[: rank + 1] if layer.is_alive(now)]
        above = [layer for layer in self.layers[rank + 1 :] if layer.is_alive(now)]
        return below[-1] if below else above[0] if above else self.layers[rank]

    def rank_for(self, height: int) -> int:
        filling = (layer.rank for layer in self.layers if layer.height * 10 >= height * 9)
        return next(filling, len(self.layers) - 1)

    def watched_rids(self) -> list[str]:
        """What is watched at all. Smaller layers than the largest wanted are needed too, when bandwidth falls."""
        tallest = max((receiver.wished_height() for receiver in self.receivers), default=0)
        return [layer.rid for layer in self.layers[: self.rank_for(tallest) + 1]] if tallest else []


def _height(made: Normalised) -> int:
    """From a VP8 key frame, whose beginning is never encrypted."""
    head = made.data[made.payload_at : made.payload_at + 20]
    at = head.find(VP8_START) + 5
    return int.from_bytes(head[at : at + 2], "little") & 0x3FFF if at > 5 and at + 2 <= len(head) else 0
