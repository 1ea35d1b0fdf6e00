"""How much a receiver can get, and what it therefore gets of each source it watches.

The receiver's own estimate (REMB) hardly rises above half as much again as what it is sent. So when it does not
want for room, one source at a time is raised on trial, and lowered again unless the estimate follows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

K = TypeVar("K")

SHARE: Final = 0.85
GUESS: Final = 600_000
"""Bits per second believed in before the first estimate."""
HOLD: Final = 5.0
LONGEST_HOLD: Final = 60.0
"""Seconds room must last before somebody is raised again; doubled with each trial that fails."""
EAGER: Final = 1.0
"""The same while no trial has failed since the last one that went well."""
AMPLE: Final = 1.3
"""The estimate over what is sent, from where on there may be more room than it says."""
LOSSY: Final = 0.1
"""The share of packets lost, from where on the smallest layers are too much as well."""
FALLEN: Final = 0.9
GROWN: Final = 1.02
"""The estimate over its best in a trial: below, it fell; above, it grows."""


class Meter:
    """Bits per second over about the last second."""

    __slots__ = ("_buckets", "_sum", "_tick")

    BUCKETS: Final = 10

    def __init__(self) -> None:
        self._buckets = [0] * self.BUCKETS
        self._sum = self._tick = 0

    def add(self, size: int, now: float) -> None:
        """`size` in bytes, `now` in seconds."""
        tick = int(now * self.BUCKETS)
        if tick != self._tick:
            self._advance(tick)
        self._buckets[tick % self.BUCKETS] += size
        self._sum += size

    def rate(self, now: float) -> int:
        self._advance(int(now * self.BUCKETS))
        return self._sum * 8

    def _advance(self, tick: int) -> None:
        for passed in range(max(self._tick + 1, tick - self.BUCKETS + 1), tick + 1):
            self._sum -= self._buckets[passed % self.BUCKETS]
            self._buckets[passed % self.BUCKETS] = 0
        self._tick = max(self._tick, tick)


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

    def follow(self, rank: int, enough: int, now: float) -> None:
        """Down, and up on the watcher's own wish, at once; else up after HOLD."""
        grown, self.enough = enough > self.enough, enough
        if rank > self.rank and not grown:
            self.since = now if self.since is None else self.since
            if now - self.since < HOLD:
                return
        self.rank, self.since = rank, None


class Allocator(Generic[K]):
    """One receiver's choice of layers over time; call `choose` about once a second, and on every change.

    Times in seconds, rates in bits per second.
    """

    __slots__ = ("_ample", "_best", "_calm", "_grew", "_held", "_hold", "_seen", "_trial")

    def __init__(self) -> None:
        self._held: dict[K, _Held] = {}
        self._trial: tuple[K, int] | None = None
        self._best = 0
        self._grew = 0.0
        self._ample: float | None = None
        self._hold = EAGER
        self._seen: int | None = None
        self._calm = 0.0

    def choose(
        self, watched: Iterable[Watched[K]], estimate: int | None, sent: int, audio: int, loss: float, now: float
    ) -> dict[K, str | None]:
        """The rid to forward of each source, None: pause it.

        `sent`: all the receiver gets; `audio`: of it, audio; `loss`: the share of it that does not arrive.
        """
        served = order(watched)
        ranks = fit(SHARE * (GUESS if estimate is None else estimate) - audio, served)
        self._keep_in_sight(ranks, served, loss, now)
        if estimate is not None:
            self._judge(ranks, served, estimate, now)
            self._try(ranks, served, estimate >= AMPLE * sent, estimate, now)
        self._held = {
            one.key: self._held.get(one.key) or _Held(ranks[one.key], one.enough) for one in served
        }  # those no longer watched are forgotten
        for one in served:
            self._held[one.key].follow(ranks[one.key], one.enough, now)
        given = ((one, self._held[one.key].rank) for one in served)
        return {one.key: one.layers[rank].rid if rank >= 0 else None for one, rank in given}

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

    def _judge(self, ranks: dict[K, int], served: Sequence[Watched[K]], estimate: int, now: float) -> None:
        """How the trial goes: over when the estimate has grown enough, falls or grows no more, or nobody cares."""
        if self._trial is None:
            return
        key, rank = self._trial
        if estimate >= GROWN * self._best:
            self._best, self._grew = estimate, now
        wanted = any(one.key == key and one.enough >= rank for one in served)
        failed = estimate < FALLEN * self._best or now - self._grew >= HOLD
        if not wanted or failed or ranks[key] >= rank:
            self._trial, self._ample = None, now
            self._hold = min(max(self._hold * 2, HOLD), LONGEST_HOLD) if failed else EAGER
        else:
            ranks[key] = rank

    def _try(self, ranks: dict[K, int], served: Sequence[Watched[K]], ample: bool, estimate: int, now: float) -> None:
        """Raises the first who lacks something by one layer, once there has been ample room for long enough."""
        held = {one.key: self._held[one.key].rank for one in served if one.key in self._held}
        settled = all(ranks[key] == rank for key, rank in held.items())
        if self._trial is not None or not ample or not settled:
            self._ample = None
            return
        self._ample = now if self._ample is None else self._ample
        lacking = next((one for one in served if held.get(one.key, one.enough) < one.enough), None)
        if lacking is None or now - self._ample < self._hold:
            return
        rank = held[lacking.key] + 1
        self._trial, self._best, self._grew = (lacking.key, rank), estimate, now
        ranks[lacking.key] = rank
        self._held[lacking.key].rank = rank
