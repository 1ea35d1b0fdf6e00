"""RTCP (RFC 3550, 4585, 5104; REMB: draft-alvestrand-rmcat-remb): what the relay reads and writes.

Compounds are read leniently: any first packet (RFC 5506), unknown ones skipped. Sizes are bounded by `LARGEST`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from struct import Struct
from typing import Final

from relay.malformed import Malformed
from relay.twcc import Feedback

LARGEST: Final = 1500
MOST_LOST: Final = 1024
"""Sequence numbers taken from one NACK."""

_SR, _RR, _SDES, _BYE, _RTPFB, _PSFB = 200, 201, 202, 203, 205, 206
_WORD: Final = Struct("!I")
_PAIR: Final = Struct("!II")
_LOST: Final = Struct("!HH")
_SENDER: Final = Struct("!IQIII")
_BLOCK: Final = Struct("!IIIIII")


@dataclass(slots=True, frozen=True)
class Block:
    """A report block (RFC 3550, 6.4.1): `fraction` of 256, `lost` signed 24 bits, `delay` in 1/65536 s."""

    ssrc: int
    fraction: int
    lost: int
    highest: int
    jitter: int
    last_report: int
    delay: int

    def pack(self) -> bytes:
        losses = (self.fraction & 0xFF) << 24 | self.lost & 0xFFFFFF
        return _BLOCK.pack(self.ssrc, losses, self.highest, self.jitter, self.last_report, self.delay)

    @classmethod
    def parse(cls, body: bytes, at: int) -> "Block":
        ssrc, losses, highest, jitter, last_report, delay = _BLOCK.unpack_from(body, at)
        lost = ((losses & 0xFFFFFF) ^ 0x800000) - 0x800000
        return cls(ssrc, losses >> 24, lost, highest, jitter, last_report, delay)


@dataclass(slots=True, frozen=True)
class SenderReport:
    """`ntp`: 64 bits, 32 of them fraction; `timestamp`: RTP time of the same moment."""

    ssrc: int
    ntp: int
    timestamp: int
    packets: int
    octets: int
    blocks: tuple[Block, ...] = ()

    def pack(self) -> bytes:
        own = _SENDER.pack(self.ssrc, self.ntp, self.timestamp, self.packets, self.octets)
        return _framed(_SR, len(self.blocks), own + b"".join(block.pack() for block in self.blocks))

    @classmethod
    def parse(cls, body: bytes, count: int) -> "SenderReport":
        _need(body, 24 + count * 24)
        ssrc, ntp, timestamp, packets, octets = _SENDER.unpack_from(body)
        return cls(ssrc, ntp, timestamp, packets, octets, _blocks(body, 24, count))


@dataclass(slots=True, frozen=True)
class ReceiverReport:
    ssrc: int
    blocks: tuple[Block, ...] = ()

    def pack(self) -> bytes:
        return _framed(_RR, len(self.blocks), _WORD.pack(self.ssrc) + b"".join(one.pack() for one in self.blocks))

    @classmethod
    def parse(cls, body: bytes, count: int) -> "ReceiverReport":
        _need(body, 4 + count * 24)
        return cls(_word(body, 0), _blocks(body, 4, count))


@dataclass(slots=True, frozen=True)
class Names:
    """SDES, of which only CNAME is read and written (RFC 3550, 6.5.1)."""

    cnames: dict[int, str]

    def pack(self) -> bytes:
        return _framed(_SDES, len(self.cnames), b"".join(self._chunk(*item) for item in self.cnames.items()))

    @staticmethod
    def _chunk(ssrc: int, cname: str) -> bytes:
        name = cname.encode()[:255]
        chunk = _WORD.pack(ssrc) + bytes((1, len(name))) + name
        return chunk + bytes(4 - len(chunk) % 4)

    @classmethod
    def parse(cls, body: bytes, count: int) -> "Names":
        cnames, at = dict[int, str](), 0
        for _ in range(count):
            _need(body, at + 5)
            ssrc, at = int.from_bytes(body[at : at + 4], "big"), at + 4
            while at < len(body) and body[at]:
                _need(body, at + 2)
                end = at + 2 + body[at + 1]
                _need(body, end)
                if body[at] == 1:
                    cnames[ssrc] = body[at + 2 : end].decode(errors="replace")
                at = end
            at = (at // 4 + 1) * 4
        return cls(cnames)


@dataclass(slots=True, frozen=True)
class Bye:
    ssrcs: tuple[int, ...]

    def pack(self) -> bytes:
        return _framed(_BYE, len(self.ssrcs), _words(self.ssrcs))

    @classmethod
    def parse(cls, body: bytes, count: int) -> "Bye":
        _need(body, count * 4)
        return cls(_some_words(body, 0, count))


@dataclass(slots=True, frozen=True)
class Nack:
    """Generic NACK (RFC 4585, 6.2.1), sequence numbers of `media`, in the order they were lost."""

    sender: int
    media: int
    lost: tuple[int, ...]

    def pack(self) -> bytes:
        entries = b"".join(_LOST.pack(first, more) for first, more in _entries(self.lost))
        return _framed(_RTPFB, 1, _PAIR.pack(self.sender, self.media) + entries)

    @classmethod
    def parse(cls, body: bytes) -> "Nack":
        _need(body, 8)
        lost: list[int] = []
        for first, more in _LOST.iter_unpack(body[8:]):
            lost.append(first)
            if more:
                lost += [(first + 1 + bit) & 0xFFFF for bit in range(16) if more >> bit & 1]
            if len(lost) >= MOST_LOST:
                break
        return cls(_word(body, 0), _word(body, 4), tuple(lost[:MOST_LOST]))


@dataclass(slots=True, frozen=True)
class Pli:
    """Picture loss indication (RFC 4585, 6.3.1): `media` shall send a key frame."""

    sender: int
    media: int

    def pack(self) -> bytes:
        return _framed(_PSFB, 1, _PAIR.pack(self.sender, self.media))

    @classmethod
    def parse(cls, body: bytes) -> "Pli":
        _need(body, 8)
        return cls(_word(body, 0), _word(body, 4))


@dataclass(slots=True, frozen=True)
class Fir:
    """Full intra request (RFC 5104, 4.3.1): each source and the number of the request, the same in a repetition."""

    sender: int
    requests: tuple[tuple[int, int], ...]

    def pack(self) -> bytes:
        entries = (_PAIR.pack(media, number << 24) for media, number in self.requests)
        return _framed(_PSFB, 4, _PAIR.pack(self.sender, 0) + b"".join(entries))

    @classmethod
    def parse(cls, body: bytes) -> "Fir":
        _need(body, 8)
        entries = range(8, len(body) - 7, 8)
        return cls(_word(body, 0), tuple((_word(body, at), body[at + 4]) for at in entries))


@dataclass(slots=True, frozen=True)
class Remb:
    """The receiver's estimate of what it can get of `ssrcs` altogether, in bits per second."""

    sender: int
    bitrate: int
    ssrcs: tuple[int, ...] = ()

    def pack(self) -> bytes:
        exponent = max(self.bitrate.bit_length() - 18, 0)
        estimate = len(self.ssrcs) << 24 | exponent << 18 | self.bitrate >> exponent
        head = _PAIR.pack(self.sender, 0) + b"REMB" + _WORD.pack(estimate)
        return _framed(_PSFB, 15, head + _words(self.ssrcs))

    @classmethod
    def parse(cls, body: bytes) -> "Remb":
        _need(body, 16)
        estimate = _word(body, 12)
        count = estimate >> 24
        _need(body, 16 + count * 4)
        bitrate = (estimate & 0x3FFFF) << (estimate >> 18 & 0x3F)
        return cls(_word(body, 0), bitrate, _some_words(body, 16, count))


Message = SenderReport | ReceiverReport | Names | Bye | Nack | Feedback | Pli | Fir | Remb

_COUNTED: Final[dict[int, Callable[[bytes, int], Message]]] = {
    _SR: SenderReport.parse,
    _RR: ReceiverReport.parse,
    _SDES: Names.parse,
    _BYE: Bye.parse,
}
_FEEDBACK: Final[dict[tuple[int, int], Callable[[bytes], Message]]] = {
    (_RTPFB, 1): Nack.parse,
    (_RTPFB, 15): Feedback.parse,
    (_PSFB, 1): Pli.parse,
    (_PSFB, 4): Fir.parse,
}


def parse(data: bytes) -> list[Message]:
    """The compound's messages that we know, in order. Malformed: a length beyond the data, or a body too short."""
    if not 4 <= len(data) <= LARGEST:
        raise Malformed("RTCP of no possible size")
    found, at = list[Message](), 0
    while at < len(data):
        if at + 4 > len(data) or data[at] & 0xC0 != 0x80:
            raise Malformed("not RTCP version 2")
        end = at + 4 + (data[at + 2] << 8 | data[at + 3]) * 4
        if end > len(data):
            raise Malformed("an RTCP packet longer than its compound")
        message = _message(data[at] & 0x1F, data[at + 1], _unpadded(data[at + 4 : end], data[at] & 0x20))
        if message is not None:
            found.append(message)
        at = end
    return found


def pack(messages: Iterable[Message]) -> bytes:
    """A compound. Unless reduced-size RTCP (RFC 5506) was agreed on, a report comes first and Names second."""
    return b"".join(message.pack() for message in messages)


def _message(count: int, kind: int, body: bytes) -> Message | None:
    if kind in _COUNTED:
        return _COUNTED[kind](body, count)
    if (kind, count) in _FEEDBACK:
        return _FEEDBACK[kind, count](body)
    if kind == _PSFB and count == 15 and body[8:12] == b"REMB":
        return Remb.parse(body)
    return None


def _unpadded(body: bytes, padded: int) -> bytes:
    if not padded:
        return body
    if not body or not 0 < body[-1] <= len(body) or body[-1] % 4:
        raise Malformed("RTCP padding that makes no sense")
    return body[: -body[-1]]


def _framed(kind: int, count: int, body: bytes) -> bytes:
    return bytes((0x80 | count, kind)) + (len(body) // 4).to_bytes(2, "big") + body


def _need(body: bytes, size: int) -> None:
    if len(body) < size:
        raise Malformed("a truncated RTCP packet")


def _blocks(body: bytes, at: int, count: int) -> tuple[Block, ...]:
    return tuple(Block.parse(body, at + number * 24) for number in range(count))


def _word(body: bytes, at: int) -> int:
    return int.from_bytes(body[at : at + 4], "big")


def _words(words: Iterable[int]) -> bytes:
    return b"".join(map(_WORD.pack, words))


def _some_words(body: bytes, at: int, count: int) -> tuple[int, ...]:
    return tuple(word for (word,) in _WORD.iter_unpack(body[at : at + count * 4]))


def _entries(lost: Iterable[int]) -> Iterator[tuple[int, int]]:
    """PID and BLP: a number, and a bit for each of the 16 after it."""
    first, more = -1, 0
    for number in lost:
        ahead = (number - first - 1) & 0xFFFF
        if first >= 0 and ahead < 16:
            more |= 1 << ahead
            continue
        if first >= 0:
            yield first, more
        first, more = number & 0xFFFF, 0
    if first >= 0:
        yield first, more
