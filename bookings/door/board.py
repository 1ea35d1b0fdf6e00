"""What hangs at the door of a space: whether it is free, until when, who has it, and what can be done there now."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bookings import rules
from bookings.meetings.services import way_in
from bookings.models import Booking
from bookings.occupancy import Occupancy
from bookings.services.presence import EARLY
from bookings.services.upkeep import ABSENT_AFTER
from bookings.spaces.models import Space
from bookings.states import STANDING, BookingState
from realtime.refusals import Refused
from rooms.schedules.times import Span

BOOKABLE = (15, 30, 60)  # minutes
LONGER = 15  # minutes


@dataclass(frozen=True, slots=True)
class Line:
    """One booking as everybody may read it who passes by: nothing of a private one but its time."""

    booking: Booking

    @property
    def title(self) -> str:
        return "" if self.booking.is_private else self.booking.title

    @property
    def organizer(self) -> str:
        hidden = self.booking.is_private or self.booking.organizer is None
        return "" if hidden else self.booking.organizer.display_name  # type: ignore[union-attr]

    @property
    def way_in(self) -> str:
        return "" if self.booking.is_private else way_in(self.booking)

    @property
    def is_agreed(self) -> bool:
        return self.booking.state != BookingState.PENDING

    @property
    def is_expected(self) -> bool:
        """Somebody has yet to say that they are here."""
        return self.booking.state == BookingState.CONFIRMED

    @property
    def check_in_by(self) -> datetime:
        """When the space is given away where nobody has come, see `services.upkeep`."""
        return max(self.booking.starts_at, self.booking.updated_at) + ABSENT_AFTER


@dataclass(frozen=True, slots=True)
class Board:
    """`here`: who has the space now, or may come in already. `until`: when that changes, None for not today."""

    space: Space
    now: datetime
    is_open: bool
    current: Line | None
    here: Line | None
    coming: list[Line]
    until: datetime | None
    bookable: list[int]
    extendable: bool

    @property
    def changes_at(self) -> datetime:
        """When it reads otherwise although nobody does anything; at midnight there is another day."""
        moments = [self.until, midnight_after(self.now, self.space)]
        moments += [line.booking.starts_at - EARLY for line in self.coming]
        return min(moment for moment in moments if moment is not None and moment > self.now)


def board_of(space: Space, now: datetime) -> Board:
    today = [Line(booking) for booking in _today(space, now)]
    current = next((line for line in today if line.booking.starts_at <= now), None)
    coming = [line for line in today if line is not current]
    early = [line for line in coming if line.booking.starts_at - EARLY <= now]
    here = current or next(iter(early), None)
    return Board(
        space=space,
        now=now,
        is_open=space.is_active and _is_open(space, now),
        current=current,
        here=here,
        coming=[line for line in coming if line is not here],
        until=_until(space, now, current, coming),
        bookable=[] if current else list(_bookable(space, now)),
        extendable=current is not None and current.is_agreed and _is_extendable(space, now, current.booking),
    )


def midnight_after(now: datetime, space: Space) -> datetime:
    tomorrow = now.astimezone(space.zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), tzinfo=space.zone)


def _today(space: Space, now: datetime) -> Iterator[Booking]:
    """By the clock of the space."""
    found = Booking.objects.filter(slots__space=space, slots__is_held=True, state__in=STANDING)
    found = found.within(now, midnight_after(now, space)).order_by("starts_at")
    return found.select_related("organizer", "meeting__room").iterator()


def _until(space: Space, now: datetime, current: Line | None, coming: list[Line]) -> datetime | None:
    if current is not None:
        return current.booking.ends_at
    starts = [line.booking.starts_at for line in coming[:1]]
    return min([*starts, *_turns(space, now)], default=None)


def _turns(space: Space, now: datetime) -> Iterator[datetime]:
    """When today's opening hours begin or end from now on."""
    day = now.astimezone(space.zone)
    for hours in space.opening_hours.all():
        if hours.weekday == day.weekday():
            for minutes in (hours.opens, hours.closes):
                wall = datetime.combine(day.date(), time()) + timedelta(minutes=minutes)
                if now < (moment := wall.replace(tzinfo=space.zone)) < midnight_after(now, space):
                    yield moment


def _is_open(space: Space, now: datetime) -> bool:
    return rules.is_open(space, now, now + timedelta(minutes=1))


def _bookable(space: Space, now: datetime) -> Iterator[int]:
    """So many minutes from now on, as far as rules and other bookings let anybody book here."""
    occupancy = Occupancy([space], Span(now, now + timedelta(minutes=max(BOOKABLE))))
    for minutes in BOOKABLE:
        span = span_from(now, minutes)
        if _fits(space, span, now) and occupancy.is_free(space, span) and _may_be_booked_here(space):
            yield minutes


def span_from(now: datetime, minutes: int) -> Span:
    starts_at = now.replace(second=0, microsecond=0)
    return Span(starts_at, starts_at + timedelta(minutes=minutes))


def _is_extendable(space: Space, now: datetime, booking: Booking) -> bool:
    span = Span(booking.starts_at, booking.ends_at + timedelta(minutes=LONGER))
    occupancy = Occupancy([space], span, except_for=[booking.pk])
    return _fits(space, span, now) and occupancy.is_free(space, span)


def _fits(space: Space, span: Span, now: datetime) -> bool:
    try:
        rules.refuse_times_in(space, span.starts_at, span.ends_at, now=now)
    except Refused:
        return False
    return True


def _may_be_booked_here(space: Space) -> bool:
    try:
        rules.refuse_who_may_not([space], None, at_door=True)
    except Refused:
        return False
    return True
