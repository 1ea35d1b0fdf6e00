"""Administrators say yes or no to what was asked for; whoever is first has said it."""

from django.dispatch import Signal
from django.utils import timezone

from accounts.models import User
from audit.actions import Action
from audit.services import record
from bookings import rules
from bookings.conflicts import Changed
from bookings.models import Booking
from bookings.services.bookings import refuse_what_changed
from bookings.services.locking import locked, settled
from bookings.services.rows import free_spaces, turn
from bookings.signals import booking_approved, booking_declined
from bookings.states import BookingState
from organizations.access import administers


@settled
def approve(*, booking: Booking, actor: User, version: int) -> Booking:
    """`version` is what the administrator saw."""
    found = _asked_for(booking, actor, version)
    return _decide(found, BookingState.CONFIRMED, Action.BOOKING_APPROVED, booking_approved, actor)


@settled
def decline(*, booking: Booking, actor: User, version: int) -> Booking:
    found = _asked_for(booking, actor, version)
    return write_decline(found, actor)


def write_decline(booking: Booking, actor: User | None) -> Booking:
    """The caller holds the locks. Without an actor nobody decided in time."""
    booking.ended_at = timezone.now()
    _decide(booking, BookingState.DECLINED, Action.BOOKING_DECLINED, booking_declined, actor)
    free_spaces(booking)
    return booking


def _asked_for(booking: Booking, actor: User, version: int) -> Booking:
    found, _spaces = locked(booking)
    if not administers(actor, found.organization_id):
        raise rules.not_allowed()
    refuse_what_changed(found, version)
    if found.state != BookingState.PENDING:
        raise Changed(found)
    return found


def _decide(booking: Booking, state: BookingState, action: Action, signal: Signal, actor: User | None) -> Booking:
    turn(booking, state)
    booking.sequence += 1
    booking.save()
    record(action=action, entity=booking, actor=actor, organization=booking.organization_id)
    signal.send(Booking, booking=booking, actor=actor)
    return booking
