"""Transport-wide congestion control, the receiver's side: draft-holmer-rmcat-transport-wide-cc-extensions-01.

The sender numbers all packets of a link; it is told ten times a second which came, and when.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from struct import Struct
from typing import Final

from relay.malformed import Malformed
from relay.sequence import Unwrapper

INTERVAL: Final = 0.1
# A timer may be a little early.
EARLY: Final = 0.01
TICK: Final = 0.00025
_TICKS: Final = 256
"""A reference time counts 64 ms, a delta 250 microseconds."""
# One feedback tells of so many packets at most, and so many are remembered.
MOST_TOLD: Final = 1000
MOST_REMEMBERED: Final = 4000
MOST_PARSED: Final = 4096
# Seconds: what came late is told together with what came since; a delta has 16 bits, about 8 s.
REMEMBERED: Final = 0.5
LONGEST_TOLD: Final = 5.0

_HEAD: Final = Struct("!BBHIIHH")
_BODY: Final = Struct("!IIHH")


@dataclass(slots=True, frozen=True)
class Feedback:
    """RTPFB, format 15. `times`: for each number from `base` on the arrival in ticks of 250 us, None: it did not.

    `number` counts the feedbacks, modulo 256. Times are relative to the sender's guess of a common zero; those of
    one feedback lie within 2**15 ticks of each other, and the first is not negative.
    """

    sender: int
    media: int
    number: int
    base: int
    times: tuple[int | None, ...]

    def pack(self) -> bytes:
        first = next((time for time in self.times if time is not None), 0)
        reference = first // _TICKS
        deltas, symbols = _deltas(self.times, reference * _TICKS)
        body = b"".join((*(chunk.to_bytes(2, "big") for chunk in _chunks(symbols)), *deltas))
        body += bytes(-len(body) % 4)
        stamp = (reference & 0xFFFFFF).to_bytes(3, "big") + bytes((self.number & 0xFF,))
        count = len(self.times)
        return (
            _HEAD.pack(0x8F, 205, 4 + len(body) // 4, self.sender, self.media, self.base & 0xFFFF, count) + stamp + body
        )

    @classmethod
    def parse(cls, body: bytes) -> "Feedback":
        """`body`: the RTCP packet without its first four bytes."""
        if len(body) < 16:
            raise Malformed("a truncated transport-wide feedback")
        sender, media, base, count = _BODY.unpack_from(body)
        symbols, at = _symbols(body, count)
        now, times = int.from_bytes(body[12:15], "big") * _TICKS, list[int | None]()
        for symbol in symbols:
            size = 0 if symbol == 3 else symbol
            if at + size > len(body):
                raise Malformed("a transport-wide feedback without its deltas")
            now += int.from_bytes(body[at : at + size], "big", signed=size == 2)
            at += size
            times.append(now if size else None)
        return cls(sender, media, body[15], base, tuple(times))


class Arrivals:
    """What came on one link; the times are seconds of one steady clock."""

    __slots__ = ("_came", "_next", "_number", "_since", "_start", "_told", "_unwrapper")

    def __init__(self, now: float) -> None:
        self._unwrapper = Unwrapper()
        self._came: dict[int, int] = {}
        self._start: int | None = None
        self._next: int | None = None
        self._since = self._told = now
        self._number = -1

    def arrived(self, numbers: Iterable[int], now: float) -> None:
        """Packets with these transport-wide numbers, probes as well."""
        came, unwrap, at = self._came, self._unwrapper.unwrap, round((now - self._since) / TICK)
        for number in numbers:
            index = unwrap(number)
            if len(came) >= MOST_REMEMBERED:
                came.clear()
            came.setdefault(index, at)
            start = index if self._next is None or index < self._next else self._next
            if self._start is None or start < self._start:
                self._start = start

    def due(self, sender: int, media: int, now: float) -> Feedback | None:
        """The feedback to send now; None within INTERVAL of the last, or when nothing came since.

        It goes on where the last ended, or begins earlier with what was late, and ends with the newest.
        """
        if self._start is None or self._unwrapper.newest is None or now - self._told < INTERVAL - EARLY:
            return None
        self._forget((now - self._since - LONGEST_TOLD) / TICK)
        end = self._unwrapper.newest + 1
        base = max(self._start, end - MOST_TOLD)
        times = tuple(self._came.get(index) for index in range(base, end))
        self._number = (self._number + 1) & 0xFF
        self._told, self._start, self._next = now, None, end
        self._forget((now - self._since - REMEMBERED) / TICK)
        return Feedback(sender, media, self._number, base & 0xFFFF, times)

    def _forget(self, horizon: float) -> None:
        """What came first stands first."""
        came = self._came
        for index in [index for index, _ in takewhile(lambda one: one[1] < horizon, came.items())]:
            del came[index]


def _deltas(times: tuple[int | None, ...], before: int) -> tuple[list[bytes], list[int]]:
    deltas, symbols = [], []
    for time in times:
        if time is None:
            symbols.append(0)
            continue
        delta, before = time - before, time
        small = 0 <= delta <= 0xFF
        symbols.append(1 if small else 2)
        deltas.append(delta.to_bytes(1 if small else 2, "big", signed=not small))
    return deltas, symbols


def _chunks(symbols: list[int]) -> Iterator[int]:
    """Runs where they pay, else vectors of 14 one-bit or 7 two-bit symbols (3.1.3, 3.1.4)."""
    at, count = 0, len(symbols)
    while at < count:
        end = at + 1
        while end < count and symbols[end] == symbols[at] and end - at < 0x1FFF:
            end += 1
        if end - at >= 14 or end == count:
            yield symbols[at] << 13 | end - at
            at = end
        elif 2 in symbols[at : at + 14]:
            yield 0xC000 | _vector(symbols[at : at + 7], 2)
            at += 7
        else:
            yield 0x8000 | _vector(symbols[at : at + 14], 1)
            at += 14


def _vector(symbols: list[int], bits: int) -> int:
    return sum(symbol << 14 - bits - place * bits for place, symbol in enumerate(symbols))


def _symbols(body: bytes, count: int) -> tuple[list[int], int]:
    """The symbols, and where the deltas begin."""
    symbols, at = list[int](), 16
    if count > MOST_PARSED:
        raise Malformed("a transport-wide feedback of too many packets")
    while len(symbols) < count:
        if at + 2 > len(body):
            raise Malformed("a transport-wide feedback without its chunks")
        chunk, at = body[at] << 8 | body[at + 1], at + 2
        if chunk < 0x8000:
            symbols += [chunk >> 13] * min(chunk & 0x1FFF, count - len(symbols))
        elif chunk < 0xC000:
            symbols += [chunk >> shift & 1 for shift in range(13, -1, -1)]
        else:
            symbols += [chunk >> shift & 3 for shift in range(12, -1, -2)]
    return symbols[:count], at
