"""Arithmetic on numbers that wrap (RFC 1982), and their unwrapping to indexes that never do.

An index is congruent to the sequence number it came from, so `index & 0xFFFF` is what stood on the wire.
"""

from typing import Final

from relay.malformed import Malformed

# RFC 3550, A.1, with more patience for the misordered: a retransmission comes a second late.
MOST_LOST: Final = 3000
MOST_MISORDERED: Final = 1000


def difference32(left: int, right: int) -> int:
    """`left - right` around the circle of 2**32."""
    return ((left - right + 0x80000000) & 0xFFFFFFFF) - 0x80000000


class Unwrapper:
    """Wrapping numbers to indexes: whichever is nearest to the newest so far. The first stands for itself."""

    __slots__ = ("_half", "_mask", "newest")

    def __init__(self, bits: int = 16) -> None:
        self._mask, self._half = (1 << bits) - 1, 1 << (bits - 1)
        self.newest: int | None = None

    def unwrap(self, value: int) -> int:
        newest = self.newest
        if newest is None:
            self.newest = value
            return value
        index = newest + ((value - newest + self._half) & self._mask) - self._half
        if index > newest:
            self.newest = index
        return index


class Sequencer:
    """RTP sequence numbers of one source to indexes, seeing when the source starts anew (RFC 3550, A.1).

    A number far from the others is refused until its successor follows it. Then the source has restarted:
    indexes go on from there, more than MOST_LOST above all earlier ones, which tells everybody downstream.
    """

    __slots__ = ("_expected", "newest")

    def __init__(self) -> None:
        self.newest: int | None = None
        self._expected = -1

    def place(self, sequence: int) -> int:
        """The index. Malformed: too far from the others, and not yet confirmed."""
        newest = self.newest
        if newest is None:
            self.newest = sequence
            return sequence
        ahead = ((sequence - newest + 0x8000) & 0xFFFF) - 0x8000
        if 0 < ahead <= MOST_LOST:
            self.newest = newest + ahead
            return newest + ahead
        if -MOST_MISORDERED <= ahead <= 0:
            return newest + ahead
        return self._restarted(sequence, newest)

    def _restarted(self, sequence: int, newest: int) -> int:
        if sequence != self._expected:
            self._expected = (sequence + 1) & 0xFFFF
            raise Malformed("a sequence number far from the others")
        self._expected = -1
        self.newest = newest + ((sequence - newest) & 0xFFFF)
        return self.newest
