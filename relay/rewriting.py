"""One subscription: a source's layers become one unbroken stream for one receiver.

The stream's own numbers are a source's plus constants. A segment is a stretch of one layer with the same
constants; a new one begins where the receiver changes layer or comes back from a pause.
What is lost on the way here stays a hole in the numbers, so that the receiver can ask for it.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from random import Random
from struct import Struct
from typing import Final, Generic, TypeVar

from relay.cache import Budget
from relay.native import Burst
from relay.rtp import ABS_SEND_TIME_AT, Normalised
from relay.sequence import MOST_LOST, MOST_MISORDERED

L = TypeVar("L")

_NUMBERS: Final = Struct("!BHII")
_PICTURE: Final = Struct("!H")
_TL0: Final = Struct("!B")
_ORIGINAL: Final = Struct("!H")

MOST_SEGMENTS: Final = 64
# How far back a receiver may ask, in packets.
MOST_ASKED: Final = 1000


class Segment(Generic[L]):
    """Constants added to `layer`'s numbers from index `first` on."""

    __slots__ = ("first", "layer", "offset", "picture", "timestamp", "tl0")

    def __init__(self, layer: L, first: int, offset: int, timestamp: int, picture: int, tl0: int) -> None:
        self.layer = layer
        self.first = first
        self.offset = offset
        self.timestamp = timestamp
        self.picture = picture
        self.tl0 = tl0


class Rewriter(Generic[L]):
    """Numbers for one receiver's copy of one source; `L` is whatever the caller calls a layer (compared by identity).

    Audio is a source of one layer in which every packet is a key frame. Give each of a layer's packets once
    (`Cache.put` tells), whether wanted or not: whoever does not want them says so by `aim`.
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
        "switches",
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
        self.switches = 0
        """How often a layer began."""
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

    def place(self, layer: L, packet: Normalised) -> Segment[L] | None:
        """The segment whose numbers it goes out with; None: it is not forwarded. Counted as sent.

        Ahead of the newest so far, or at most MOST_MISORDERED behind: the SRTP session must allow that much
        (`window_size`).
        """
        if layer is not self.layer or not 0 < packet.index - self._highest <= MOST_LOST:
            segment = self._placed(layer, packet)
            if segment is None:
                return None
        else:
            segment = self._segments[-1]
            self._highest = packet.index
            self._newest = packet
        self.packets += 1
        self.octets += packet.size - packet.payload_at
        return segment

    def place_all(self, layer: L, burst: Burst) -> Segment[L] | None:
        """As `place` for each, where they simply come next; None: they do not, nothing is counted."""
        if layer is not self.layer or not burst.first > self._highest or burst.last - self._highest > MOST_LOST:
            return None
        self._newest = burst[-1]
        self._highest = burst.last
        self.packets += len(burst)
        self.octets += burst.octets
        return self._segments[-1]

    def write(self, packet: Normalised, segment: Segment[L], out: bytearray | memoryview, at: int) -> None:
        """The plain packet with a segment's numbers, `packet.size` bytes from `at` on."""
        packet.form.pack_into(
            out,
            at,
            packet.first,
            packet.second,
            (packet.index + segment.offset) & 0xFFFF,
            (packet.timestamp + segment.timestamp) & 0xFFFFFFFF,
            self.ssrc,
            packet.body,
        )
        if packet.picture_at and (segment.picture or segment.tl0):
            _PICTURE.pack_into(out, at + packet.picture_at, 0x8000 | (packet.picture + segment.picture) & 0x7FFF)
            if packet.tl0_at:
                _TL0.pack_into(out, at + packet.tl0_at, (packet.tl0 + segment.tl0) & 0xFF)

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

    def newest(self) -> tuple[Segment[L], int] | None:
        """The segment being sent and the newest index in its layer; None while nothing is."""
        return (self._segments[-1], self._highest) if self.layer is not None and self._segments else None

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
        last = self._segments[-1]
        return last if ahead >= -MOST_MISORDERED and packet.index >= last.first else None

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
            segment = Segment(layer, index, offset, timestamp, picture, tl0)
        self._segments.append(segment)
        self.layer = layer
        self.switches += 1
        self._highest = index
        self._newest = packet
        return segment

    def _begun(self, layer: L, packet: Normalised) -> Segment[L]:
        """The first sequence number is in the lower half, so that SRTP's roll-over counter is not guessed wrong."""
        random = self._random
        offset = random.randrange(1, 0x8000) - packet.index
        return Segment(layer, packet.index, offset, random.getrandbits(32) - packet.timestamp, 0, 0)

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
    LOOKED_AT: Final = 16
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

    def largest(self, cached: Callable[[L, int], Normalised | None]) -> Resend[L] | None:
        """Of the newest packets, to be sent once more for its size alone: a receiver drops what it has already."""
        if (newest := self._rewriter.newest()) is None:
            return None
        segment, index = newest
        indexes = range(index, max(segment.first, index - self.LOOKED_AT) - 1, -1)
        packets = (packet for one in indexes if (packet := cached(segment.layer, one)))
        packet = max(packets, key=lambda packet: packet.size, default=None)
        return Resend(packet, segment) if packet else None

    def write(self, resend: Resend[L], out: bytearray | memoryview, at: int, send_time: bytes) -> None:
        """The plain RTX packet, `packet.size` + 2 bytes from `at` on; `send_time`: `rtp.send_time` of now."""
        packet, end = resend.packet, at + resend.packet.size
        payload = at + packet.payload_at
        self._rewriter.write(packet, resend.segment, out, at)
        out[payload + 2 : end + 2] = bytes(out[payload:end])
        _ORIGINAL.pack_into(out, payload, (packet.index + resend.segment.offset) & 0xFFFF)
        timestamp = (packet.timestamp + resend.segment.timestamp) & 0xFFFFFFFF
        _NUMBERS.pack_into(out, at + 1, packet.second + 1, self._sequence & 0xFFFF, timestamp, self.ssrc)
        out[at + ABS_SEND_TIME_AT : at + ABS_SEND_TIME_AT + 3] = send_time
        self._sequence += 1

    def _remember(self, sequence: int, now: float) -> None:
        self._sent.pop(sequence, None)
        self._sent[sequence] = now
        if len(self._sent) > self.REMEMBERED:
            del self._sent[next(iter(self._sent))]
