"""Bookings that repeat: a row for each date, so that each is held like any other."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from accounts.models import User
from audit.actions import Action
from audit.services import record
from bookings import rules
from bookings.conflicts import Asker
from bookings.models import Attendee, Booking, Series, Slot
from bookings.occupancy import blocked
from bookings.recurrence import Pattern
from bookings.services.bookings import key_used, refuse_beyond_quota, refuse_long_key
from bookings.services.dates import Planned, marked, planned, refuse_problems
from bookings.services.holds import drop, own_holds, spaces_held
from bookings.services.locking import locked_membership, locked_spaces, membership_of, settled, unlocked_spaces
from bookings.services.rows import chosen, tell_spaces
from bookings.services.wishes import Wish, well_formed
from bookings.signals import booking_made, series_made
from bookings.spaces.models import Space
from bookings.states import HOLDING, BookingState
from rooms.schedules.times import Span


def preview_series(*, organizer: User, wish: Wish, rrule: str, hold: UUID | None = None) -> list[Planned]:
    """Every date, with what is in its way, which one's own holds are not. `rrule`: as for `book_series`."""
    wish = well_formed(wish)
    pattern = pattern_of(wish, rrule)
    spaces = unlocked_spaces(wish)
    membership = membership_of(spaces[0].organization_id, organizer)
    rules.refuse_who_may_not(spaces, membership, at_door=False)
    rules.refuse_what_does_not_fit(wish, spaces)
    dates = pattern.dates()
    own = [one.pk for one in own_holds(organizer, hold, spaces, dates)]
    found = planned([(span, spaces) for span in dates], Asker(organizer, membership), except_for=own)
    return marked(found, pattern)


@settled
def book_series(
    *, organizer: User, wish: Wish, rrule: str, skip: bool = False, key: str = "", hold: UUID | None = None
) -> Series:
    """Every date or none; with `skip` without those that cannot be.
    `rrule`: RFC 5545 text as `rooms.schedules.times.rule` makes it. `key` and `hold` as for one booking."""
    wish = well_formed(wish)
    pattern = pattern_of(wish, rrule)
    dates = pattern.dates()
    membership = locked_membership(wish.spaces[0].organization_id, organizer)
    if (known := _made_with(organizer, key, wish, pattern, dates[0])) is not None:
        return known
    own = own_holds(organizer, hold, wish.spaces, dates)
    spaces = chosen(wish, locked_spaces([*(space.pk for space in wish.spaces), *spaces_held(own)]))
    asker = Asker(organizer, membership)
    rules.refuse_who_may_not(spaces, membership, at_door=False)
    rules.refuse_what_does_not_fit(wish, spaces)
    found = planned([(span, spaces) for span in dates], asker, except_for=[one.pk for one in own])
    possible = [one.span for one in found if one.problem is None]
    if not skip or not possible:
        refuse_problems(found, wish, spaces, asker)
    refuse_beyond_quota(membership, more=len(possible))
    drop(own)
    series = _new_series(organizer, wish, pattern, dates, key)
    leave_out(series, dates, {one.starts_at for one in possible})
    state = BookingState.PENDING if rules.needs_approval(spaces, membership) else BookingState.CONFIRMED
    _tell_made(series, _new_bookings(series, wish, spaces, possible, state), wish, organizer)
    return series


def pattern_of(wish: Wish, rrule: str) -> Pattern:
    """In the zone of the first space."""
    return Pattern(wish.starts_at, wish.ends_at, rrule, wish.spaces[0].zone)


def leave_out(series: Series, dates: Sequence[Span], kept: Collection[datetime]) -> None:
    """The rule has these dates, and of them only some are booked."""
    series.excluded = [one.starts_at.isoformat() for one in dates if one.starts_at not in kept]
    series.save()


def _new_series(organizer: User, wish: Wish, pattern: Pattern, dates: Sequence[Span], key: str) -> Series:
    return Series(
        organization_id=wish.spaces[0].organization_id,
        organizer=organizer,
        starts_at=dates[0].starts_at,
        ends_at=dates[0].ends_at,
        time_zone=str(pattern.zone),
        rrule=pattern.rrule,
        idempotency_key=key or None,
    )


def _new_bookings(
    series: Series, wish: Wish, spaces: Sequence[Space], spans: Sequence[Span], state: BookingState
) -> list[Booking]:
    made = [_new_booking(series, wish, span, state) for span in spans]
    Booking.objects.bulk_create(made)
    Slot.objects.bulk_create(_slot(booking, space) for booking in made for space in spaces)
    invited = [(booking, email) for booking in made for email in wish.attendees]
    Attendee.objects.bulk_create(Attendee(booking=booking, email=email) for booking, email in invited)
    needs = Booking.needs.through
    needs.objects.bulk_create(needs(booking=booking, amenity=need) for booking in made for need in wish.needs)
    tell_spaces(space.pk for space in spaces)
    return made


def _new_booking(series: Series, wish: Wish, span: Span, state: BookingState) -> Booking:
    return Booking(
        organization_id=series.organization_id,
        organizer=series.organizer,
        series=series,
        original_starts_at=span.starts_at,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        state=state,
        **{name: getattr(wish, name) for name in ("title", "description", "is_private", "people", "reminder")},
    )


def _slot(booking: Booking, space: Space) -> Slot:
    span = blocked(space, Span(booking.starts_at, booking.ends_at))
    return Slot(booking=booking, space=space, blocked_from=span.starts_at, blocked_until=span.ends_at)


def _tell_made(series: Series, bookings: list[Booking], wish: Wish, actor: User) -> None:
    record(
        action=Action.SERIES_CREATED,
        entity=series,
        actor=actor,
        organization=series.organization_id,
        rrule=series.rrule,
        bookings=len(bookings),
        left_out=len(series.excluded),
        starts_at=series.starts_at.isoformat(),
        ends_at=series.ends_at.isoformat(),
        spaces=sorted(space.name for space in wish.spaces),
    )
    for booking in bookings:
        booking_made.send(Booking, booking=booking, wish=wish, actor=actor, in_series=True)
    series_made.send(Series, series=series, bookings=bookings, wish=wish, actor=actor)


def _made_with(organizer: User, key: str, wish: Wish, pattern: Pattern, first: Span) -> Series | None:
    """Refuses a key that came with something else, or whose series is not so any more. `first`: its first date."""
    refuse_long_key(key)
    known = Series.objects.filter(organizer=organizer, idempotency_key=key).first() if key else None
    if known is None:
        return None
    bookings = known.bookings.prefetch_related("slots")
    is_same = (known.rrule, known.starts_at, known.ends_at) == (pattern.rrule, first.starts_at, first.ends_at)
    if not is_same or not bookings or not all(_is_as(wish, one) for one in bookings):
        raise key_used()
    return known


def _is_as(wish: Wish, booking: Booking) -> bool:
    """Under that title, in those spaces, and not called off."""
    held = {slot.space_id for slot in booking.slots.all()}
    is_same = booking.title == wish.title and held == {space.pk for space in wish.spaces}
    return is_same and booking.state in HOLDING
