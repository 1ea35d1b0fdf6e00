"""What time does to bookings, for periodic jobs. Any number of processes may do it: each booking changes once."""

import logging
from collections.abc import Callable
from datetime import timedelta

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from audit.actions import Action
from audit.services import record
from bookings.models import Booking
from bookings.services.approval import write_decline
from bookings.services.locking import locked, locked_spaces, settled
from bookings.services.presence import write_end
from bookings.services.rows import free_spaces, tell_spaces, turn
from bookings.signals import booking_released
from bookings.spaces.models import Space
from bookings.states import BookingState

logger = logging.getLogger(__name__)

ABSENT_AFTER = timedelta(minutes=10)


def release_absent() -> int:
    """Frees what nobody has come to ten minutes after its start, or after it was made or changed where that is later.
    The number of them."""
    return _each(_absent, _release)


def complete_over() -> int:
    """What is over says so, and what nobody approved in time is declined; holds that have run out go. The number of
    the former."""
    _drop_stale_holds()
    return _each(_over, _close)


def _absent() -> QuerySet[Booking]:
    now = timezone.now()
    latest = now - ABSENT_AFTER
    confirmed = Booking.objects.filter(state=BookingState.CONFIRMED, ends_at__gt=now)
    return confirmed.filter(starts_at__lte=latest, updated_at__lte=latest)


def _over() -> QuerySet[Booking]:
    states = (BookingState.PENDING, BookingState.CONFIRMED, BookingState.CHECKED_IN)
    return Booking.objects.filter(state__in=states, ends_at__lte=timezone.now())


def _each(due: Callable[[], QuerySet[Booking]], settle: Callable[[Booking], None]) -> int:
    """In a transaction each, so that one that fails keeps no other from being done."""
    done = 0
    for booking in due():
        try:
            done += _settle(due, settle, booking)
        except Exception:
            logger.exception("A booking could not be brought up to date; trying again later.")
    return done


@settled
def _settle(due: Callable[[], QuerySet[Booking]], settle: Callable[[Booking], None], booking: Booking) -> bool:
    try:
        found, _spaces = locked(booking)
    except Http404:  # deleted meanwhile
        return False
    if not due().filter(pk=found.pk).exists():
        return False
    settle(found)
    return True


def _release(booking: Booking) -> None:
    turn(booking, BookingState.RELEASED)
    booking.ended_at = timezone.now()
    booking.sequence += 1
    booking.save()
    free_spaces(booking)
    record(action=Action.BOOKING_RELEASED, entity=booking, organization=booking.organization_id)
    booking_released.send(Booking, booking=booking)


def _close(booking: Booking) -> None:
    if booking.state == BookingState.PENDING:
        write_decline(booking, None)
    else:
        write_end(booking, None)


@settled
def _drop_stale_holds() -> None:
    stale = Space.objects.filter(
        bookings__state=BookingState.HELD, bookings__held_until__lte=timezone.now()
    ).values_list("pk", flat=True)
    spaces = set(stale)
    if spaces:
        locked_spaces(spaces)
        tell_spaces(spaces)
