"""Whether more gets through to a receiver than its estimate says, found out before anybody depends on it.

A browser's estimate (REMB) begins anywhere, hardly rises above half as much again as what arrives, and by 8 % a second
at most. So packets the receiver already has are sent once more, ever faster, up to what the next layer needs. While the
estimate grows or answers are as quick as ever, the way is clear: after some of that at the full rate the room counts as
proven, long before the estimate says so too. Nothing is given up for a probe that fails.
"""

from math import inf
from typing import Final

OPENING: Final = 2_500_000
BURST: Final = 10
"""Bits per second of the packets before the first estimate, and their number: what TCP begins with, too. In the first
seconds a browser's estimate jumps to the rate of packets that came evenly spaced."""
STEP: Final = 1.35
"""How much faster with each estimate that grows."""
MARGIN: Final = 1.1
"""What is tried over what is needed: bit rates change."""
OFTEN: Final = 0.15
"""Seconds between two estimates that count; browsers send four or five a second, and more while they fall."""
GOOD: Final = 3
BAD: Final = 2
"""Signs in a row that the full rate, or this one, is taken, or is not: then it is decided."""
QUICK: Final = 0.05
SLOW: Final = 0.1
"""Seconds over the quickest round trip: below there is no queue, above there is."""
FRESH: Final = 0.3
"""Seconds for which a quick answer speaks."""
DRIFT: Final = 0.005
"""Seconds by which the quickest round trip is forgotten in a second."""
SILENCE: Final = 1.0
"""Seconds without an estimate that end a probe."""
LONGEST: Final = 10.0
"""Seconds of a probe that is decided by nothing."""
LEAST: Final = 100_000
"""Bits per second a probe begins with, at least."""
GROWN: Final = 1.002
FALLEN: Final = 0.97
"""An estimate over the one before it: above, it grows; below, there is congestion."""
LOSSY: Final = 0.15
"""The share of packets lost, from where on a probe has failed and nothing is tried."""
FIRST_WAIT: Final = 2.0
LONGEST_WAIT: Final = 15.0
"""Seconds between two probes; doubled with each that fails."""
CALM: Final = 1.0
"""Seconds after an estimate fell or a probe ended in which nothing is tried, and loss says little."""
FOLLOWS: Final = 1.02
LATEST: Final = 4.0
"""What is proven is believed in until the estimate is as large, while it grows so much in so many seconds or answers
are quick."""
BROKEN: Final = 0.9


class Prober:
    """One receiver's probes. Rates in bits per second of all the receiver gets, times in seconds."""

    __slots__ = (
        "_bad",
        "_began",
        "_best",
        "_compared",
        "_counted",
        "_ended",
        "_estimate",
        "_fell",
        "_given",
        "_good",
        "_grew",
        "_heard",
        "_lost",
        "_measured",
        "_not_before",
        "_opened",
        "_quick",
        "_rate",
        "_shortest",
        "_slow",
        "_target",
        "_wait",
        "_won",
        "proven",
    )

    def __init__(self) -> None:
        self.proven = 0
        """Room that was shown to be there and that the estimate does not tell of yet; 0 when there is none."""
        self._estimate: int | None = None
        self._compared: int | None = None
        self._fell = self._ended = self._not_before = self._quick = -inf
        self._shortest, self._measured, self._opened = inf, 0.0, 0
        self._wait = FIRST_WAIT
        self._won = False
        self._target = self._given = self._best = self._good = self._bad = self._slow = 0
        self._rate = self._began = self._counted = self._heard = self._grew = self._lost = 0.0

    @property
    def probing(self) -> bool:
        return self._target > 0

    def aim(self, needed: int | None, given: int, loss: float, now: float) -> None:
        """Tells of the room `needed` for a better choice (None: nothing is lacking) and for what is `given` now."""
        self._given = given
        self._doubt(loss, now)
        if needed is None:
            self._target = 0
        elif self._target:
            self._target = round(MARGIN * needed)
        elif self._may(loss, now):
            self._target = round(MARGIN * needed)
            self._rate = float(min(max(self._estimate or 0, self.proven, LEAST), self._target))
            self._began = self._heard = self._counted = now
            self._compared, self._good, self._bad, self._lost = self._estimate, 0, 0, 0.0

    def _may(self, loss: float, now: float) -> bool:
        opened = self._estimate is not None or self._opened < BURST
        return opened and now >= self._not_before and now - self._fell >= CALM and loss < LOSSY

    def rate(self, now: float) -> float:
        """How much the receiver is to get at the moment, media and all; 0: no more than the media."""
        if self._target and now - self._heard > SILENCE:
            if self._estimate is None:
                self.stop()
            else:
                self._failed(now)
        if self._target and now - self._began > LONGEST:
            self._failed(now)
        if self._target and self._estimate is None:
            return OPENING if self._opened < BURST else 0.0
        return self._rate if self._target else 0.0

    def sent(self) -> None:
        """One more packet."""
        self._opened += self._estimate is None

    def disturbs(self, now: float) -> bool:
        """Whether there is a probe, or was one just now."""
        return self._target > 0 or now - self._ended < CALM

    def stop(self) -> None:
        """There is nothing to send more of."""
        self._target = 0

    def told(self, estimate: int, now: float) -> bool:
        """The receiver's newest estimate; whether something was decided by it."""
        fallen = self._estimate is not None and estimate < FALLEN * self._estimate
        self._estimate, self._heard = estimate, now
        if fallen:
            self._fell = now
        if not self._target:
            return False
        if fallen:
            return self._failed(now)
        if now - self._counted < OFTEN:
            return False
        before, self._compared, self._counted = self._compared, estimate, now
        if before is None or estimate >= min(GROWN * before, self._rate) or now - self._quick < FRESH:
            self._bad = 0
            self._good += self._rate >= self._target
            self._rate = min(max(self._rate, estimate) * STEP, self._target)
            return self._good >= GOOD and self._succeeded(now)
        self._good, self._bad = 0, self._bad + 1
        return self._bad >= BAD and self._failed(now)

    def answered(self, round_trip: float, now: float) -> bool:
        """How long something sent lately and its answer took; whether something was decided by it."""
        self._shortest = min(round_trip, self._shortest + DRIFT * (now - self._measured))
        self._measured = now
        if round_trip < self._shortest + QUICK:
            self._quick = now
        self._slow = self._slow + 1 if round_trip > self._shortest + SLOW else 0
        return self._target > 0 and self._slow >= BAD and self._failed(now)

    def lost(self, share: float, now: float) -> bool:
        """What a report says did not arrive of one stream; whether something was decided by it."""
        self._lost = (self._lost + share) / 2
        return self._target > 0 and self._lost >= LOSSY and self._failed(now)

    def _succeeded(self, now: float) -> bool:
        self._believe(self._target, now)
        self._target, self._ended, self._won = 0, now, True
        return True

    def _failed(self, now: float) -> bool:
        """What got through before it still does, whatever the estimate made of the congestion."""
        self._believe(max(self.proven, self._given), now)
        self._target, self._ended, self._won = 0, now, False
        self._wait_longer(now)
        return True

    def _wait_longer(self, now: float) -> None:
        self._not_before = now + self._wait
        self._wait = min(2 * self._wait, LONGEST_WAIT)

    def _believe(self, room: int, now: float) -> None:
        self.proven, self._best, self._grew = room, self._estimate or 0, now

    def _doubt(self, loss: float, now: float) -> None:
        if not self.proven:
            return
        estimate = self._estimate or 0
        if estimate >= min(self._given, FOLLOWS * self._best) or self._quick > self._grew:
            self._best, self._grew = max(self._best, estimate), now
        if estimate >= self.proven:
            self.proven = 0
            if self._won:
                self._wait = FIRST_WAIT
        elif estimate < BROKEN * self._best or loss >= LOSSY or now - self._grew >= LATEST:
            self.proven = 0
            if self._won:
                self._wait_longer(now)
