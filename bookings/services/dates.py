"""The dates of a series, each with what stands in its way."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bookings import recurrence
from bookings.alternatives import Search, around
from bookings.conflicts import Asker, Conflict, taken
from bookings.occupancy import Occupancy, blocked
from bookings.rules import refuse_times
from bookings.services.wishes import Wish
from bookings.spaces.models import Space
from realtime.refusals import Refused
from rooms.schedules.times import Span


@dataclass(frozen=True, slots=True)
class Planned:
    """`problem`: why it cannot be booked; `is_shifted`: the clocks go forward over its time of day, so it is later."""

    span: Span
    is_shifted: bool = False
    problem: Refused | None = None

    @property
    def starts_at(self) -> datetime:
        return self.span.starts_at

    @property
    def ends_at(self) -> datetime:
        return self.span.ends_at


def planned(
    dates: Sequence[tuple[Span, Sequence[Space]]], asker: Asker, *, except_for: Collection[UUID] = ()
) -> list[Planned]:
    """Reads what is held once for all of them. The caller holds the locks, or wants a preview."""
    spaces = list({space.pk: space for _span, found in dates for space in found}.values())
    for space in spaces:
        _refuse_those_that_meet([span for span, found in dates if space in found], space)
    whole = Span(min(span.starts_at for span, _spaces in dates), max(span.ends_at for span, _spaces in dates))
    occupancy = Occupancy(spaces, whole, except_for=except_for)
    now = timezone.now()
    return [Planned(span, problem=_problem(span, found, asker, occupancy, now)) for span, found in dates]


def marked(dates: Sequence[Planned], pattern: recurrence.Pattern) -> list[Planned]:
    return [replace(one, is_shifted=pattern.is_shifted(one.span)) for one in dates]


def refuse_problems(dates: Sequence[Planned], wish: Wish, spaces: Sequence[Space], asker: Asker) -> None:
    """Says all that is taken, or else the first thing that is wrong."""
    problems = [one.problem for one in dates if one.problem is not None]
    found = [one for problem in problems if isinstance(problem, Conflict) for one in problem.taken]
    if found:
        held = Occupancy(spaces, around(Span(wish.starts_at, wish.ends_at)))
        raise Conflict(found, Search(wish, spaces, asker.membership, held, timezone.now()))
    if problems:
        raise problems[0]


def _problem(span: Span, spaces: Sequence[Space], asker: Asker, occupancy: Occupancy, now: datetime) -> Refused | None:
    try:
        refuse_times(span.starts_at, span.ends_at, spaces, now=now)
    except Refused as refused:
        return refused.with_traceback(None)
    found = taken(occupancy, spaces, span, asker)
    return Conflict(found) if found else None


def _refuse_those_that_meet(spans: Sequence[Span], space: Space) -> None:
    if any(blocked(space, one).ends_at > blocked(space, next_).starts_at for one, next_ in pairwise(sorted(spans))):
        raise recurrence.refused(_("The dates of this series run into each other."))
