"""Which times of spaces are held, read once for many questions."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from bookings.models import Slot
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
    """A held slot, with what there is to say of its booking."""

    booking: UUID
    blocked_from: datetime
    blocked_until: datetime
    starts_at: datetime
    ends_at: datetime
    state: str
    held_until: datetime | None
    title: str
    is_private: bool
    organizer_id: UUID | None
    organizer: str | None


COLUMNS = (
    "booking_id",
    "blocked_from",
    "blocked_until",
    "booking__starts_at",
    "booking__ends_at",
    "booking__state",
    "booking__held_until",
    "booking__title",
    "booking__is_private",
    "booking__organizer_id",
    "booking__organizer__display_name",
)


class Occupancy:
    """Held slots of these spaces in a range, read when first asked, once. Holds that have run out do not count, nor do
    the bookings `except_for`, nor holds of `holder`: without locks another tab may renew one, so these are left out
    of what was read, not looked for before."""

    def __init__(
        self, spaces: Iterable[Space], span: Span, *, except_for: Collection[UUID] = (), holder: User | None = None
    ) -> None:
        self._spaces, self._span, self._except_for, self._holder = spaces, span, except_for, holder

    @cached_property
    def _slots(self) -> dict[UUID, list[Held]]:
        found: dict[UUID, list[Held]] = defaultdict(list)
        ids = [space.pk for space in self._spaces]
        if not ids:
            return found
        rows = Slot.objects.filter(
            space__in=ids,
            is_held=True,
            blocked_from__lt=self._span.ends_at + WIDEST,
            blocked_until__gt=self._span.starts_at - WIDEST,
        )
        now = timezone.now()
        for space_id, *row in rows.values_list("space_id", *COLUMNS):
            if self._counts(held := Held(*row), now):
                found[space_id].append(held)
        for slots in found.values():
            slots.sort(key=_start)
        return found

    def _counts(self, held: Held, now: datetime) -> bool:
        if held.booking in self._except_for:
            return False
        if held.state != BookingState.HELD or held.held_until is None:
            return True
        is_own = self._holder is not None and held.organizer_id == self._holder.pk
        return held.held_until > now and not is_own

    def in_the_way(self, space: Space, span: Span) -> Iterator[Held]:
        """Of a booking of this time, with its buffers."""
        wanted, slots = blocked(space, span), self._slots[space.pk]
        first = bisect_right(slots, wanted.starts_at, key=_end)  # no two overlap, so ends are in order too
        for slot in slots[first:]:
            if slot.blocked_from >= wanted.ends_at:
                return
            yield slot

    def is_free(self, space: Space, span: Span) -> bool:
        return next(self.in_the_way(space, span), None) is None

    def kept(self, space: Space) -> list[Span]:
        """In order; a neighbour ends and starts at their edges."""
        return [kept_from_others(space, held) for held in self._slots[space.pk]]


def _start(slot: Held) -> datetime:
    return slot.blocked_from


def _end(slot: Held) -> datetime:
    return slot.blocked_until
