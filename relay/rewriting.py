"""One subscription: a source's layers become one unbroken stream for one receiver.

The stream's own numbers are a source's plus constants. A segment is a stretch of one layer with the same
constants; a new one begins where the receiver changes layer, comes back from a pause, or a packet is left out.
What is lost on the way here stays a hole in the numbers, so that the receiver can ask for it.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from random import Random
from struct import Struct
from typing import Final, Generic, TypeVar

from relay.cache import Budget
from relay.rtp import ABS_SEND_TIME_AT, Normalised
from relay.sequence import MOST_LOST, MOST_MISORDERED

L = TypeVar("L")

_NUMBERS: Final = Struct("!BHII")
_PICTURE: Final = Struct("!H")
_TL0: Final = Struct("!B")
_ORIGINAL: Final = Struct("!H")
_NO_TIME: Final = bytes(3)

MOST_SEGMENTS: Final = 64
# How far back a receiver may ask, in packets.
MOST_ASKED: Final = 1000


class Segment(Generic[L]):
    """Constants added to `layer`'s numbers from index `first` on; `opens`: nothing before it belongs to the run."""

    __slots__ = ("first", "layer", "offset", "opens", "picture", "timestamp", "tl0")

    def __init__(self, layer: L, first: int, offset: int, timestamp: int, picture: int, tl0: int, opens: bool) -> None:
        self.layer = layer
        self.first = first
        self.offset = offset
        self.timestamp = timestamp
        self.picture = picture
        self.tl0 = tl0
        self.opens = opens


class Rewriter(Generic[L]):
    """Numbers for one receiver's copy of one source; `L` is whatever the caller calls a layer (compared by identity).

    Audio is a source of one layer in which every packet is a key frame. Give each of a layer's packets once
    (`Cache.put` tells), whether wanted or not: whoever does not want them says so by `aim` or `leave_out`.
    """

    __slots__ = (
        "_clock",
        "_highest",
        "_newest",
        "_random",
        "_segments",
        "layer",
        "octets",
        "packets",
        "ssrc",
        "target",
    )

    def __init__(self, ssrc: int, clock_rate: int, random: Random) -> None:
        self.ssrc = ssrc
        self._clock = clock_rate
        self._random = random
        self._segments: deque[Segment[L]] = deque(maxlen=MOST_SEGMENTS)
        self._newest: Normalised | None = None
        self._highest = 0
        self.layer: L | None = None
        """What is forwarded now."""
        self.target: L | None = None
        """What is wanted; while it is not `layer`, a key frame of it is awaited."""
        self.packets = self.octets = 0
        """Forwarded so far, resends not counted; octets of payload (RFC 3550, 6.4.1)."""

    def aim(self, layer: L | None) -> None:
        """Go over to `layer` at its next key frame; None: pause at once."""
        self.target = layer
        if layer is None:
            self.layer = None

    @property
    def waiting(self) -> bool:
        """Whether the target must be asked for a key frame."""
        return self.target is not self.layer

    def rewrite(self, layer: L, packet: Normalised, out: bytearray | memoryview, send_time: bytes = _NO_TIME) -> int:
        """Writes the plain packet into `out` (of `rtp.LARGEST` bytes at least); how many bytes, 0: not forwarded.

        `send_time`: `rtp.send_time` of now. Ahead of the newest so far, or at most MOST_MISORDERED behind: the
        SRTP session must allow that much (`window_size`).
        """
        if layer is not self.layer or not 0 < packet.index - self._highest <= MOST_LOST:
            segment = self._placed(layer, packet)
            if segment is None:
                return 0
        else:
            segment = self._segments[-1]
            self._highest = packet.index
            self._newest = packet
        self.packets += 1
        self.octets += packet.size - packet.payload_at
        return self.write(packet, segment, out, send_time)

    def write(self, packet: Normalised, segment: Segment[L], out: bytearray | memoryview, send_time: bytes) -> int:
        """The packet with a segment's numbers, whatever was sent before."""
        size = packet.size
        out[:size] = packet.data
        _NUMBERS.pack_into(
            out,
            1,
            packet.second,
            (packet.index + segment.offset) & 0xFFFF,
            (packet.timestamp + segment.timestamp) & 0xFFFFFFFF,
            self.ssrc,
        )
        if packet.video:
            out[ABS_SEND_TIME_AT : ABS_SEND_TIME_AT + 3] = send_time
            if packet.picture_at:
                _PICTURE.pack_into(out, packet.picture_at, 0x8000 | (packet.picture + segment.picture) & 0x7FFF)
                if packet.tl0_at:
                    _TL0.pack_into(out, packet.tl0_at, (packet.tl0 + segment.tl0) & 0xFF)
        return size

    def leave_out(self, layer: L, packet: Normalised) -> None:
        """Instead of `rewrite`: this packet of the present layer is not wanted, and its absence shall not show."""
        index = packet.index
        if layer is not self.layer or not 0 < index - self._highest <= MOST_LOST:
            return
        last = self._segments[-1]
        self._highest = index
        if last.first == index:
            last.first, last.offset = index + 1, last.offset - 1
        else:
            numbers = last.timestamp, last.picture, last.tl0
            self._segments.append(Segment(layer, index + 1, last.offset - 1, *numbers, False))

    def find(self, sequence: int) -> tuple[Segment[L], int] | None:
        """Where a sequence number of ours came from: the segment (with the layer), and the index in that layer."""
        if not self._segments:
            return None
        newest = self._highest + self._segments[-1].offset
        asked = newest - ((newest - sequence) & 0xFFFF)
        if newest - asked > MOST_ASKED:
            return None
        for segment in reversed(self._segments):
            if asked >= segment.first + segment.offset:
                return segment, asked - segment.offset
        return None

    def timestamp_offset(self, layer: L) -> int | None:
        """What is added to this layer's RTP time; None: the layer is not forwarded now."""
        return self._segments[-1].timestamp if layer is self.layer and self._segments else None

    def _placed(self, layer: L, packet: Normalised) -> Segment[L] | None:
        """The segment of a packet that does not simply come next; None: not to be forwarded."""
        if layer is not self.layer:
            return self._switched(layer, packet) if layer is self.target and packet.keyframe else None
        ahead = packet.index - self._highest
        if ahead > 0:
            # The source began anew under the same name: wait for a key frame, unless this is one.
            self.layer = None
            return self._switched(layer, packet) if layer is self.target and packet.keyframe else None
        return self._late(packet.index) if ahead >= -MOST_MISORDERED else None

    def _late(self, index: int) -> Segment[L] | None:
        limit = self._highest + self._segments[-1].offset + 1
        for segment in reversed(self._segments):
            if index >= segment.first:
                return segment if index + segment.offset < limit else None
            if segment.opens:
                return None
            limit = segment.first + segment.offset
        return None

    def _switched(self, layer: L, packet: Normalised) -> Segment[L] | None:
        """A run begins with this key frame, right behind what was sent last."""
        index, newest = packet.index, self._newest
        if newest is None or not self._segments:
            segment = self._begun(layer, packet)
        else:
            last = self._segments[-1]
            same_clock = last.layer is layer and index - self._highest <= MOST_LOST
            if same_clock and index <= self._highest:
                return None
            offset = self._highest + last.offset + 1 - index
            timestamp = last.timestamp if same_clock else self._bridge(newest, last, packet)
            picture = newest.picture + last.picture + 1 - packet.picture
            tl0 = newest.tl0 + last.tl0 + 1 - packet.tl0
            segment = Segment(layer, index, offset, timestamp, picture, tl0, True)
        self._segments.append(segment)
        self.layer = layer
        self._highest = index
        self._newest = packet
        return segment

    def _begun(self, layer: L, packet: Normalised) -> Segment[L]:
        """The first sequence number is in the lower half, so that SRTP's roll-over counter is not guessed wrong."""
        random = self._random
        offset = random.randrange(1, 0x8000) - packet.index
        timestamp = random.getrandbits(32) - packet.timestamp
        picture, tl0 = random.getrandbits(15) - packet.picture, random.getrandbits(8) - packet.tl0
        return Segment(layer, packet.index, offset, timestamp, picture, tl0, True)

    def _bridge(self, newest: Normalised, last: Segment[L], packet: Normalised) -> int:
        """Clocks of different layers have nothing in common: as much RTP time passes as on the wall."""
        elapsed = max(1, round((packet.arrived - newest.arrived) * self._clock))
        return newest.timestamp + last.timestamp + elapsed - packet.timestamp


class Resend(Generic[L]):
    """A cached packet one receiver asked for, with the numbers it had there."""

    __slots__ = ("packet", "segment")

    def __init__(self, packet: Normalised, segment: Segment[L]) -> None:
        self.packet = packet
        self.segment = segment


class Retransmitter(Generic[L]):
    """Answers one subscription's NACKs by RTX (RFC 4588), each packet at most once in a round trip."""

    __slots__ = ("_rewriter", "_sent", "_sequence", "ssrc")

    REMEMBERED: Final = 512
    SOONEST: Final = 0.02
    """Seconds: no round trip is believed shorter."""

    def __init__(self, rewriter: Rewriter[L], ssrc: int, random: Random) -> None:
        self._rewriter = rewriter
        self.ssrc = ssrc
        self._sequence = random.randrange(1, 0x8000)
        self._sent: dict[int, float] = {}

    def answer(
        self,
        lost: Iterable[int],
        cached: Callable[[L, int], Normalised | None],
        budget: Budget,
        bitrate: float,
        now: float,
        round_trip: float,
    ) -> Iterator[Resend[L]]:
        """What to send again, as the receiver's budget allows.

        `lost`: sequence numbers of ours; `cached(layer, index)`; `bitrate` of all the receiver gets, bits/s; seconds.
        """
        for sequence in lost:
            found = self._rewriter.find(sequence)
            if found is None or now - self._sent.get(sequence, -1e9) < max(round_trip, self.SOONEST):
                continue
            segment, index = found
            packet = cached(segment.layer, index)
            if packet is None:
                continue
            if not budget.spend(packet.size + 2, bitrate, now):
                return
            self._remember(sequence, now)
            yield Resend(packet, segment)

    def write(self, resend: Resend[L], out: bytearray | memoryview, send_time: bytes) -> int:
        """Writes the plain RTX packet into `out` (`rtp.LARGEST` + 2 bytes at least); how many bytes."""
        packet, at = resend.packet, resend.packet.payload_at
        size = self._rewriter.write(packet, resend.segment, out, send_time)
        out[at + 2 : size + 2] = bytes(out[at:size])
        _ORIGINAL.pack_into(out, at, (packet.index + resend.segment.offset) & 0xFFFF)
        timestamp = (packet.timestamp + resend.segment.timestamp) & 0xFFFFFFFF
        _NUMBERS.pack_into(out, 1, packet.second + 1, self._sequence & 0xFFFF, timestamp, self.ssrc)
        self._sequence += 1
        return size + 2

    def _remember(self, sequence: int, now: float) -> None:
        self._sent.pop(sequence, None)
        self._sent[sequence] = now
        if len(self._sent) > self.REMEMBERED:
            del self._sent[next(iter(self._sent))]
