"""Administrators say yes or no to what was asked for; whoever is first has said it."""

from collections.abc import Callable, Iterable
from hashlib import sha256

from django.dispatch import Signal
from django.utils import timezone

from accounts.models import User
from audit.actions import Action
from audit.services import record
from bookings import rules
from bookings.conflicts import Changed
from bookings.models import Booking, Series
from bookings.services.bookings import refuse_what_changed
from bookings.services.locking import locked, settled
from bookings.services.rows import free_spaces, tell_spaces, turn
from bookings.services.scopes import Scope, locked_stretch, tell_more
from bookings.signals import booking_approved, booking_declined, series_approved, series_declined
from bookings.states import BookingState
from organizations.access import administers


@settled
def approve(*, booking: Booking, actor: User, version: int) -> Booking:
    """`version` is what the administrator saw."""
    found = _asked_for(booking, actor, version)
    return write_approval(found, actor)


@settled
def decline(*, booking: Booking, actor: User, version: int) -> Booking:
    found = _asked_for(booking, actor, version)
    return write_decline(found, actor)


def mark_of(bookings: Iterable[Booking]) -> str:
    """What an administrator saw of these: another one for others, or as soon as one of them has changed."""
    return sha256(" ".join(sorted(f"{one.pk} {one.version}" for one in bookings)).encode()).hexdigest()


@settled
def approve_series(*, booking: Booking, actor: User, mark: str) -> None:
    """All that wait of its series, as the administrator saw them. Every one or none."""
    _decide_all(booking, actor, mark, write_approval, series_approved)


@settled
def decline_series(*, booking: Booking, actor: User, mark: str) -> None:
    """As `approve_series`."""
    _decide_all(booking, actor, mark, write_decline, series_declined)


def write_approval(booking: Booking, actor: User, *, in_series: bool = False) -> Booking:
    """The caller holds the locks."""
    _turn(booking, BookingState.CONFIRMED)
    record(action=Action.BOOKING_APPROVED, entity=booking, actor=actor, organization=booking.organization_id)
    booking_approved.send(Booking, booking=booking, actor=actor, in_series=in_series)
    return booking


def write_decline(booking: Booking, actor: User | None, *, in_series: bool = False) -> Booking:
    """The caller holds the locks. Without an actor nobody decided in time."""
    booking.ended_at = timezone.now()
    _turn(booking, BookingState.DECLINED)
    free_spaces(booking)
    record(action=Action.BOOKING_DECLINED, entity=booking, actor=actor, organization=booking.organization_id)
    booking_declined.send(Booking, booking=booking, actor=actor, in_series=in_series)
    return booking


def _asked_for(booking: Booking, actor: User, version: int) -> Booking:
    found, _spaces = locked(booking)
    if not administers(actor, found.organization_id):
        raise rules.not_allowed()
    refuse_what_changed(found, version)
    if found.state != BookingState.PENDING:
        raise Changed(found)
    return found


def _decide_all(booking: Booking, actor: User, mark: str, write: Callable[..., Booking], told: Signal) -> None:
    stretch = locked_stretch(booking, Scope.ALL)
    if not administers(actor, stretch.series.organization_id):
        raise rules.not_allowed()
    waiting = [one for one in stretch.bookings if one.is_pending]
    if not waiting or mark_of(waiting) != mark:
        raise Changed(stretch.booking)
    tell_more(stretch.series)
    for one in waiting:
        write(one, actor, in_series=True)
    told.send(Series, series=stretch.series, bookings=waiting, actor=actor)


def _turn(booking: Booking, state: BookingState) -> None:
    turn(booking, state)
    booking.sequence += 1
    booking.save()
    tell_spaces(booking.slots.values_list("space", flat=True))
