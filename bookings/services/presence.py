"""Who came, who did not, and what is over. Without an actor it is said at the door of the space."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.actions import Action
from audit.services import record
from bookings import rules
from bookings.access import attends, may_change
from bookings.conflicts import Asker
from bookings.facts import Facts
from bookings.models import Booking
from bookings.services.bookings import refuse_unseen, tell_change
from bookings.services.locking import locked, membership_of, settled
from bookings.services.rows import over, refuse_conflicts, tell_spaces, turn
from bookings.services.wishes import Wish, well_formed
from bookings.signals import booking_checked_in, booking_ended
from bookings.states import BookingState
from realtime.refusals import Refused

EARLY = timedelta(minutes=15)  # before the start, from when on people may say that they are here
MINUTE = timedelta(minutes=1)


@settled
def check_in(*, booking: Booking, actor: User | None) -> Booking:
    """From 15 minutes before the start until the end, by the organizer, administrators and who is invited."""
    found, _spaces = locked(booking)
    if actor is not None and not (may_change(found, actor) or attends(found, actor)):
        raise rules.not_allowed()
    if found.state == BookingState.CHECKED_IN:
        return found
    now = timezone.now()
    _refuse_unless_agreed(found, now)
    if now < found.starts_at - EARLY:
        raise Refused("booking.too-early", _("Check in from 15 minutes before the start on."))
    found.checked_in_at = now
    turn(found, BookingState.CHECKED_IN)
    found.save()
    tell_spaces(found.slots.values_list("space", flat=True))
    record(action=Action.BOOKING_CHECKED_IN, entity=found, actor=actor, organization=found.organization_id)
    booking_checked_in.send(Booking, booking=found, actor=actor)
    return found


@settled
def end_now(*, booking: Booking, actor: User | None) -> Booking:
    """The rest of its time is free, less the space's buffer."""
    found, _spaces = locked(booking)
    _refuse_strangers(found, actor)
    now = timezone.now()
    _refuse_unless_agreed(found, now)
    if now < found.starts_at:
        raise Refused("booking.not-begun", _("It has not begun. Cancel it instead."))
    this_minute = now.replace(second=0, microsecond=0)
    _move_end(found, max(this_minute, found.starts_at + MINUTE))
    write_end(found, actor, ended_at=now)
    return found


@settled
def extend(*, booking: Booking, actor: User | None, minutes: int, version: int | None = None) -> Booking:
    """What was approved stays approved; later bookings, opening hours and the longest time stand in the way. `version`
    as for `cancel`."""
    found, rows = locked(booking)
    _refuse_strangers(found, actor)
    now = timezone.now()
    _refuse_unless_agreed(found, now)
    refuse_unseen(found, version)
    if not 1 <= minutes <= 24 * 60:
        raise Refused("booking.invalid", _("This is not a number of minutes by which it can be longer."))
    wish = well_formed(Wish.of(found, ends_at=found.ends_at + timedelta(minutes=minutes)))
    membership = membership_of(found.organization_id, actor)
    if actor is not None:
        rules.refuse_who_only_looks(membership)
    spaces = [rows[space.pk] for space in wish.spaces]
    rules.refuse_times(wish.starts_at, wish.ends_at, spaces, now=now, began_at=found.starts_at)
    more = replace(wish, starts_at=found.ends_at)  # what it has already, it keeps, whatever buffers are now
    refuse_conflicts(more, spaces, Asker(actor, membership), own=[found])
    before = Facts.of(found)
    _move_end(found, wish.ends_at)
    tell_change(found, before, None, actor)
    return found


def write_end(booking: Booking, actor: User | None, *, ended_at: datetime | None = None) -> None:
    """The caller holds the locks. `ended_at`: where it was ended before its time."""
    turn(booking, BookingState.COMPLETED)
    booking.ended_at = ended_at
    booking.sequence += ended_at is not None
    booking.save()
    if ended_at is not None:
        record(action=Action.BOOKING_ENDED, entity=booking, actor=actor, organization=booking.organization_id)
    booking_ended.send(Booking, booking=booking, actor=actor)


def _refuse_unless_agreed(booking: Booking, now: datetime) -> None:
    if booking.state == BookingState.PENDING:
        raise Refused("booking.not-approved", _("This booking has not been approved yet."))
    if booking.state not in (BookingState.CONFIRMED, BookingState.CHECKED_IN) or booking.ends_at <= now:
        raise over()


def _refuse_strangers(booking: Booking, actor: User | None) -> None:
    if actor is not None and not may_change(booking, actor):
        raise rules.not_allowed()


def _move_end(booking: Booking, ends_at: datetime) -> None:
    """With the buffers that it has, which may be others than the space has now."""
    for slot in booking.slots.all():
        slot.blocked_until += ends_at - booking.ends_at
        slot.save()
    booking.ends_at = ends_at
    tell_spaces(booking.slots.values_list("space", flat=True))
