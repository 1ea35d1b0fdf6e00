"""What a receiver gets of each source it watches, by its own estimate (REMB) and by what was proven (`probing`)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, inf
from typing import Final, Generic, TypeVar

K = TypeVar("K")

SHARE: Final = 0.85
GUESS: Final = 300_000
"""Bits per second believed in before the first estimate."""
HOLD: Final = 5.0
"""Seconds room must last before somebody is raised again who was lowered, unless it is proven."""
LEAP: Final = 1.5
"""How much more is given in one go, where there are layers as small."""
LOSSY: Final = 0.1
"""The share of packets lost, from where on the smallest layers are too much as well."""


class Meter:
    """Bits per second over about the last `seconds`."""

    __slots__ = ("_buckets", "_per_second", "_sum", "_tick")

    BUCKETS: Final = 10

    def __init__(self, seconds: float = 1.0) -> None:
        self._per_second = self.BUCKETS / seconds
        self._buckets = [0] * self.BUCKETS
        self._sum = self._tick = 0

    def add(self, size: int, now: float) -> None:
        """`size` in bytes, `now` in seconds."""
        tick = int(now * self._per_second)
        if tick != self._tick:
            self._advance(tick)
        self._buckets[tick % self.BUCKETS] += size
        self._sum += size

    def rate(self, now: float) -> int:
        self._advance(int(now * self._per_second))
        return int(self._sum * 8 * self._per_second / self.BUCKETS)

    def _advance(self, tick: int) -> None:
        for passed in range(max(self._tick + 1, tick - self.BUCKETS + 1), tick + 1):
            self._sum -= self._buckets[passed % self.BUCKETS]
            self._buckets[passed % self.BUCKETS] = 0
        self._tick = max(self._tick, tick)


class Ceiling:
    """What got through when much was lost: estimates by delay alone see nothing of a queue that is full."""

    __slots__ = ("_at", "_rate")

    GROWTH: Final = 1.08
    """In a second, as fast as estimates grow."""
    FLOOR: Final = 50_000
    """Bits per second: what gets through of nothing tells nothing."""
    FORGOTTEN: Final = 60.0
    """Seconds after which a loss is history."""

    def __init__(self) -> None:
        self._rate, self._at = inf, 0.0

    def lower(self, rate: float, now: float) -> None:
        self._rate, self._at = max(rate, self.FLOOR), now

    def under(self, estimate: int, now: float) -> int:
        """The estimate, as far as it can be believed."""
        since = now - self._at
        return estimate if since >= self.FORGOTTEN else int(min(estimate, self._rate * self.GROWTH**since))


@dataclass(slots=True, frozen=True)
class Layer:
    """One encoding on offer: pixels high, bits per second as measured (as agreed on, while it is not sent)."""

    rid: str
    height: int
    bitrate: int


@dataclass(slots=True, frozen=True)
class Watched(Generic[K]):
    """A source somebody watches `height` pixels high; `layers` from small to large, at least one."""

    key: K
    screen: bool
    height: int
    layers: Sequence[Layer]

    @property
    def enough(self) -> int:
        """The number of the smallest layer that fills the tile."""
        fitting = (number for number, layer in enumerate(self.layers) if layer.height >= self.height)
        return next(fitting, len(self.layers) - 1)


def order(watched: Iterable[Watched[K]]) -> list[Watched[K]]:
    """Who is served first: screens, then larger tiles; equals stay in their order."""
    return sorted(
        (one for one in watched if one.height > 0 and one.layers), key=lambda one: (not one.screen, -one.height)
    )


def fit(room: float, served: Sequence[Watched[K]]) -> dict[K, int]:
    """The layer number of each, -1 for none: first the smallest of all, then more to the first. In bits per second.

    The very first gets its smallest layer whatever the room: without any video no estimate would ever rise.
    """
    ranks: dict[K, int] = {}
    for one in served:
        fits = one.layers[0].bitrate <= room or not ranks
        ranks[one.key] = 0 if fits else -1
        room -= one.layers[0].bitrate if fits else 0
    for one in served:
        held = ranks[one.key]
        for rank in range(held + 1, one.enough + 1) if held >= 0 else ():
            more = one.layers[rank].bitrate - one.layers[held].bitrate
            if more <= room:
                ranks[one.key], held, room = rank, rank, room - more
    return ranks


class _Held:
    """What one source is given: since when it could get more (None: it could not)."""

    __slots__ = ("enough", "rank", "since")

    def __init__(self, rank: int, enough: int) -> None:
        self.rank, self.enough = rank, enough
        self.since: float | None = None

    def follow(self, rank: int, sure: int, enough: int, now: float) -> None:
        """Down, up on the watcher's own wish and up to what is sure at once; else up after HOLD."""
        grown, self.enough = enough > self.enough, enough
        if rank > self.rank and not grown:
            self.rank = max(self.rank, sure)
            self.since = now if self.since is None else self.since
            if now - self.since < HOLD:
                return
        self.rank, self.since = rank, None


class Allocator(Generic[K]):
    """One receiver's choice of layers over time; call `choose` about once a second, and on every change.

    Times in seconds, rates in bits per second.
    """

    __slots__ = ("_calm", "_held", "_seen", "given", "needed")

    def __init__(self) -> None:
        self._held: dict[K, _Held] = {}
        self._seen: int | None = None
        self._calm = 0.0
        self.given = 0
        """The estimate that what was chosen takes."""
        self.needed: int | None = None
        """The estimate that one layer more would take, or several within LEAP; None: nobody lacks any."""

    def choose(
        self, watched: Iterable[Watched[K]], estimate: int | None, proven: int, audio: int, loss: float, now: float
    ) -> dict[K, str | None]:
        """The rid to forward of each source, None: pause it.

        `proven`: what gets through for sure; `audio`: of all that is sent; `loss`: the share that is lost.
        """
        served = order(watched)
        room = max(GUESS if estimate is None else estimate, proven)
        ranks = fit(SHARE * room - audio, served)
        self._keep(ranks, served, room - audio)
        sure = fit(SHARE * proven - audio, served)
        self._keep_in_sight(ranks, served, loss, now)
        self._held = {
            one.key: self._held.get(one.key) or _Held(ranks[one.key], one.enough) for one in served
        }  # those no longer watched are forgotten
        for one in served:
            self._held[one.key].follow(ranks[one.key], sure[one.key], one.enough, now)
        given = [(one, self._held[one.key].rank) for one in served]
        self._sum_up(given, audio)
        return {one.key: one.layers[rank].rid if rank >= 0 else None for one, rank in given}

    def _keep(self, ranks: dict[K, int], served: Sequence[Watched[K]], room: float) -> None:
        """Bit rates vary: what is given stays while it fits at all, without anything to spare."""
        kept = {
            one.key: min(self._held[one.key].rank, one.enough) if one.key in self._held else ranks[one.key]
            for one in served
        }
        rate = sum(one.layers[kept[one.key]].bitrate for one in served if kept[one.key] >= 0)
        if rate <= room and any(rank > ranks[key] for key, rank in kept.items()):
            ranks.update(kept)

    def _sum_up(self, given: list[tuple[Watched[K], int]], audio: int) -> None:
        shown = [(one.layers, rank, one.enough) for one, rank in given if rank >= 0]
        rate = start = audio + sum(layers[rank].bitrate for layers, rank, _ in shown)
        self.given, self.needed = ceil(start / SHARE), None
        for layers, rank, enough in shown:
            for lower, higher in pairwise(layers[rank : enough + 1]):
                rate += higher.bitrate - lower.bitrate
                if self.needed is not None and rate > LEAP * start:
                    return
                self.needed = ceil(rate / SHARE)

    def _keep_in_sight(self, ranks: dict[K, int], served: Sequence[Watched[K]], loss: float, now: float) -> None:
        """An estimate may be far too low and then rises slowly: nobody's smallest layer stops before packets are lost.

        After that those who fit are seen, and one more after each HOLD without loss.
        """
        if loss >= LOSSY:
            self._seen, self._calm = sum(rank >= 0 for rank in ranks.values()), now
        elif self._seen is not None and now - self._calm >= HOLD:
            self._seen, self._calm = self._seen + 1, now
            if self._seen >= len(served):
                self._seen = None
        for one in served[: self._seen]:
            ranks[one.key] = max(ranks[one.key], 0)
