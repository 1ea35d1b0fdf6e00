"""What is missing of one layer, when to ask its sender for it, and when to ask for a key frame instead."""

from collections.abc import Iterable
from typing import Final

# A packet overtaken by others is not yet lost.
PATIENCE: Final = 0.015
TIMES: Final = 3
MOST_MISSING: Final = 256
SOONEST: Final = 0.02


class Gaps:
    """One layer's missing packets; times in seconds. Costs nothing while nothing is missing."""

    __slots__ = ("_asks", "_gave_up", "_next")

    def __init__(self) -> None:
        self._next: int | None = None
        self._asks: dict[int, tuple[float, int]] = {}
        self._gave_up = False

    def arrived(self, indexes: Iterable[int], now: float) -> None:
        """Packets of the layer, by whatever way they came. A jump beyond MOST_MISSING begins anew."""
        expected = self._next
        for index in indexes:
            if index == expected or expected is None:
                expected = index + 1
            elif index < expected:
                self._asks.pop(index, None)
            else:
                self._missed(expected, index, now)
                expected = index + 1
        self._next = expected

    def due(self, now: float, round_trip: float) -> list[int]:
        """Indexes to ask for by NACK now; call it every 10 ms or so while `missing`."""
        again, asked = now + max(round_trip, SOONEST), []
        for index, (at, times) in list(self._asks.items()):
            if at > now:
                continue
            if times == TIMES:
                del self._asks[index]
                self._gave_up = True
            else:
                self._asks[index] = again, times + 1
                asked.append(index)
        return asked

    def gave_up(self) -> bool:
        """Whether something was lost for good since the last call: video then needs a key frame."""
        gave_up, self._gave_up = self._gave_up, False
        return gave_up

    @property
    def missing(self) -> int:
        return len(self._asks)

    def _missed(self, start: int, end: int, now: float) -> None:
        if len(self._asks) + end - start > MOST_MISSING:
            self._asks.clear()
            self._gave_up = True
            return
        for index in range(start, end):
            self._asks[index] = now + PATIENCE, 0


class KeyframeAsking:
    """One layer's requests for key frames, merged: at most two a second, and again when none came."""

    __slots__ = ("_asked", "_awaited", "_wanted")

    SHORTEST: Final = 0.5
    AGAIN: Final = 1.0

    def __init__(self) -> None:
        self._asked = -self.AGAIN
        self._wanted = self._awaited = False

    def want(self) -> None:
        """Somebody switches to the layer, lost too much of it, or asked for a key frame."""
        self._wanted = True

    def arrived(self) -> None:
        """A key frame began, which serves all who wanted one."""
        self._wanted = self._awaited = False

    def due(self, now: float) -> bool:
        """Whether to send a PLI (or FIR) now."""
        patience = self.SHORTEST if self._wanted else self.AGAIN
        if not (self._wanted or self._awaited) or now - self._asked < patience:
            return False
        self._asked, self._wanted, self._awaited = now, False, True
        return True
