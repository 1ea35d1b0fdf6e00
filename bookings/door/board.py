"""What hangs at the door of a space: whether it is free, until when, who has it, and what can be done there now."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import QuerySet

from bookings import rules
from bookings.meetings.services import way_in
from bookings.models import Booking, Slot
from bookings.occupancy import Occupancy, buffers, kept_from_others
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
    """`here`: who has the space now, or may come in already. `is_kept_clear`: buffers keep everybody out now. `until`:
    when that changes, None for not today."""

    space: Space
    now: datetime
    is_open: bool
    is_kept_clear: bool
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
    slots = list(_today(space, now))
    today = [Line(slot.booking) for slot in slots if _is_shown(slot.booking, space, now)]
    current = next((line for line in today if line.booking.starts_at <= now), None)
    coming = [line for line in today if line is not current]
    early = [line for line in coming if line.booking.starts_at - EARLY <= now]
    here = current or next(iter(early), None)
    is_open = space.is_active and _is_open(space, now)
    taken = [kept_from_others(space, slot) for slot in slots] if is_open else []
    return Board(
        space=space,
        now=now,
        is_open=is_open,
        is_kept_clear=current is None and _free_from(taken, now) > now,
        current=current,
        here=here,
        coming=[line for line in coming if line is not here],
        until=current.booking.ends_at if current else _until(space, now, coming, taken),
        bookable=[] if current else list(_bookable(space, now)),
        extendable=current is not None and current.is_agreed and _is_extendable(space, now, current.booking),
    )


def midnight_after(now: datetime, space: Space) -> datetime:
    tomorrow = now.astimezone(space.zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), tzinfo=space.zone)


def _today(space: Space, now: datetime) -> QuerySet[Slot]:
    """What keeps the space from now until midnight by its clock, but for what somebody is only about to book."""
    before, after = buffers(space)
    found = Slot.objects.filter(space=space, is_held=True, booking__state__in=(*STANDING, BookingState.COMPLETED))
    found = found.filter(blocked_from__lt=midnight_after(now, space) + after, blocked_until__gt=now - before)
    return found.select_related("booking__organizer", "booking__meeting__room").order_by("blocked_from")


def _is_shown(booking: Booking, space: Space, now: datetime) -> bool:
    return booking.state in STANDING and now < booking.ends_at and booking.starts_at < midnight_after(now, space)


def _free_from(taken: list[Span], now: datetime) -> datetime:
    free_from = now
    for span in taken:
        if span.starts_at <= free_from:
            free_from = max(free_from, span.ends_at)
    return free_from


def _until(space: Space, now: datetime, coming: list[Line], taken: list[Span]) -> datetime | None:
    free_from = _free_from(taken, now)
    edges = [free_from] if free_from > now else [span.starts_at for span in taken]
    starts = [line.booking.starts_at for line in coming]
    return min([*edges, *starts, *_turns(space, now)], default=None)


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
