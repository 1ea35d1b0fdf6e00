"""Where and when else something could be that does not fit where it was wanted."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db.models import F, FilteredRelation, Q, QuerySet, Value
from django.db.models.lookups import Exact

from bookings.occupancy import Occupancy, buffers
from bookings.rules import refuse_times, refuse_who_may_not
from bookings.services.wishes import Wish
from bookings.spaces.models import Space
from organizations.models import Membership
from realtime.refusals import Refused
from rooms.schedules.times import Span

MOST = 6
ELSEWHERE = 3  # of them at most in other spaces, as long as there are other times
LOOKED_AT = 12  # other spaces
DAYS = 7


@dataclass(frozen=True, slots=True)
class Alternative:
    spaces: tuple[Space, ...]
    span: Span

    @property
    def starts_at(self) -> datetime:
        return self.span.starts_at

    @property
    def ends_at(self) -> datetime:
        return self.span.ends_at


def around(span: Span) -> Span:
    """Where other times are looked for."""
    return Span(span.starts_at - timedelta(days=DAYS), span.ends_at + timedelta(days=DAYS))


@dataclass(frozen=True, slots=True)
class Search:
    """`spaces` in the order of the wish; `around`: what is held in them in the range of that name."""

    wish: Wish
    spaces: Sequence[Space]
    membership: Membership | None
    around: Occupancy
    now: datetime

    @property
    def span(self) -> Span:
        return Span(self.wish.starts_at, self.wish.ends_at)

    def found(self) -> list[Alternative]:
        """Other spaces at that time, the smallest that fit first, and the nearest other times in the same ones."""
        elsewhere = list(islice(self._elsewhere(), MOST))
        other_times = list(islice(self._other_times(), MOST))
        there = max(ELSEWHERE, MOST - len(other_times))
        return [*elsewhere[:there], *other_times][:MOST]

    def _elsewhere(self) -> Iterator[Alternative]:
        if len(self.spaces) != 1:
            return
        found = [one for one in self._others()[:LOOKED_AT] if self._may_be_booked(one)]
        occupancy = Occupancy([one for one in found if any(buffers(one))], self.span)
        for space in found:
            if self._is_possible([space], self.span, occupancy):
                yield Alternative((space,), self.span)

    def _others(self) -> QuerySet[Space]:
        """Large enough, with what is needed, and free for the time itself; buffers and rules are for later."""
        wanted, span = self.spaces[0], self.span
        meets = Q(slots__is_held=True, slots__blocked_from__lt=span.ends_at, slots__blocked_until__gt=span.starts_at)
        is_free, is_another = Q(busy__space=None), ~Q(pk=wanted.pk)
        is_near: Any = Exact(F("building"), Value(wanted.building))
        spaces = Space.objects.alias(busy=FilteredRelation("slots", condition=meets)).with_all(self.wish.needs)
        fitting = {"organization": wanted.organization_id, "is_active": True, "capacity__gte": self.wish.people}
        found = spaces.filter(is_free, is_another, **fitting)
        return found.order_by(is_near.desc(), "capacity", "name").prefetch_related("opening_hours")

    def _may_be_booked(self, space: Space) -> bool:
        space.organization = self.spaces[0].organization
        try:
            refuse_who_may_not([space], self.membership, at_door=self.membership is None)
        except Refused:
            return False
        return True

    def _other_times(self) -> Iterator[Alternative]:
        """Right before and after what is booked on that day, then at the same time on the days around it."""
        yield from islice(self._possible(self._that_day()), MOST // 2)
        yield from self._possible(self._other_days())

    def _possible(self, starts: Iterable[datetime]) -> Iterator[Alternative]:
        for starts_at in starts:
            span = Span(starts_at, starts_at + self.wish.length)
            if self._is_possible(self.spaces, span, self.around):
                yield Alternative(tuple(self.spaces), span)

    def _that_day(self) -> list[datetime]:
        zone = self.spaces[0].zone
        day = self.span.starts_at.astimezone(zone).date()
        kept = [span for space in self.spaces for span in self.around.kept(space)]
        starts = {start for span in kept for start in (span.starts_at - self.wish.length, span.ends_at)}
        same = [one for one in starts if one.astimezone(zone).date() == day]
        return sorted(same, key=lambda one: abs(one - self.span.starts_at))

    def _other_days(self) -> list[datetime]:
        """By the clock on the wall."""
        zone = self.spaces[0].zone
        local = self.span.starts_at.astimezone(zone)
        days = sorted((offset for offset in range(-DAYS, DAYS + 1) if offset), key=lambda one: (abs(one), -one))
        return [(local + timedelta(days=offset)).astimezone(self.span.starts_at.tzinfo) for offset in days]

    def _is_possible(self, spaces: Sequence[Space], span: Span, occupancy: Occupancy) -> bool:
        try:
            refuse_times(span.starts_at, span.ends_at, spaces, now=self.now)
        except Refused:
            return False
        return all(occupancy.is_free(space, span) for space in spaces)
