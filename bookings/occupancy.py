"""Which times of spaces are held, read once for many questions."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from bookings.models import Booking, Slot
from bookings.spaces.models import LONGEST_BUFFER, Space
from bookings.states import BookingState
from rooms.schedules.times import Span

WIDEST = timedelta(minutes=LONGEST_BUFFER)


def blocked(space: Space, span: Span) -> Span:
    """What a booking of this time keeps others out of: itself and the space's buffers."""
    before, after = buffers(space)
    return Span(span.starts_at - before, span.ends_at + after)


def kept_from_others(space: Space, held: "Held | Slot") -> Span:
    """What others cannot have, with the buffers that a neighbour needs."""
    before, after = buffers(space)
    return Span(held.blocked_from - after, held.blocked_until + before)


def buffers(space: Space) -> tuple[timedelta, timedelta]:
    """Before and after."""
    return timedelta(minutes=space.buffer_before), timedelta(minutes=space.buffer_after)


class Held(NamedTuple):
    booking: UUID
    blocked_from: datetime
    blocked_until: datetime


class Occupancy:
    """Held slots of these spaces in a range; holds that have run out do not count, nor do the bookings `except_for`."""

    def __init__(self, spaces: Iterable[Space], span: Span, *, except_for: Iterable[UUID | Booking] = ()) -> None:
        self._slots: dict[UUID, list[Held]] = defaultdict(list)
        stale = Q(booking__state=BookingState.HELD, booking__held_until__lte=timezone.now())
        held = Slot.objects.filter(
            space__in=[space.pk for space in spaces],
            is_held=True,
            blocked_from__lt=span.ends_at + WIDEST,
            blocked_until__gt=span.starts_at - WIDEST,
        ).exclude(booking__in=except_for)
        rows = held.exclude(stale).order_by("blocked_from")
        for space_id, booking, begins, ends in rows.values_list("space", "booking", "blocked_from", "blocked_until"):
            self._slots[space_id].append(Held(booking, begins, ends))

    def in_the_way(self, space: Space, span: Span) -> Iterator[Held]:
        """Of a booking of this time, with its buffers."""
        wanted, slots = blocked(space, span), self._slots[space.pk]
        first = bisect_right(slots, wanted.starts_at, key=_end)  # no two overlap, so ends are in order too
        for slot in slots[first:]:
            if slot.blocked_from >= wanted.ends_at:
                return
            yield slot

    @cached_property
    def bookings(self) -> dict[UUID, Booking]:
        """All that hold something, with their organizers; read when asked, for most questions are about times alone."""
        ids = {held.booking for slots in self._slots.values() for held in slots}
        return Booking.objects.select_related("organizer").in_bulk(ids)

    def is_free(self, space: Space, span: Span) -> bool:
        return next(self.in_the_way(space, span), None) is None

    def kept(self, space: Space) -> list[Span]:
        """In order; a neighbour ends and starts at their edges."""
        return [kept_from_others(space, held) for held in self._slots[space.pk]]


def _end(slot: Held) -> datetime:
    return slot.blocked_until
