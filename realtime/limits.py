"""How often. In-process for sockets, through Django's cache (shared or local) for addresses and people."""

import time
from datetime import timedelta

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from realtime.refusals import Refused


class TokenBucket:
    """`burst` at once, `rate` per second over time."""

    def __init__(self, *, rate: float, burst: int) -> None:
        self._rate = rate
        self._burst = burst
        self._tokens = float(burst)
        self._at = time.monotonic()

    def take(self) -> bool:
        now = time.monotonic()
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


def at_most(times: int, key: str, *, within: timedelta) -> None:
    """Counts once; refuses with rate.exceeded when that was too often in the current window."""
    name = _window(key, within)
    cache.add(name, 0, timeout=within.total_seconds() + 1)
    try:
        counted = cache.incr(name)
    except ValueError:  # evicted between the two calls
        counted = 1
    if counted > times:
        raise _too_often()


def refuse_beyond(times: int, key: str, *, within: timedelta) -> None:
    """Refuses with rate.exceeded when the limit is used up; counts nothing."""
    if cache.get(_window(key, within), 0) >= times:
        raise _too_often()


def _window(key: str, within: timedelta) -> str:
    return f"limit:{key}:{int(time.time() // within.total_seconds())}"


def _too_often() -> Refused:
    return Refused("rate.exceeded", _("That was too often. Wait a moment and try again."))
