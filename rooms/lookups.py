"""Guessing codes is slow: after too many misses an address finds nothing for a while, not even what exists."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from django.http import Http404

from realtime.limits import at_most, refuse_beyond
from realtime.refusals import Refused

MISSES, WINDOW = 20, timedelta(minutes=1)

T = TypeVar("T")


def guarded(address: str, lookup: Callable[[], T]) -> T:
    """What `lookup` finds; a miss (404 or room.not-found) counts against the address. Refuses with rate.exceeded."""
    key = f"lookup:{address}"
    refuse_beyond(MISSES, key, within=WINDOW)
    try:
        return lookup()
    except Http404:
        at_most(MISSES, key, within=WINDOW)
        raise
    except Refused as refused:
        if refused.code == "room.not-found":
            at_most(MISSES, key, within=WINDOW)
        raise
