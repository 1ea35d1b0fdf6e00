"""What one person may do with a booking now: what its page offers. The verbs decide again."""

from dataclasses import dataclass

from django.utils import timezone

from accounts.models import User
from bookings.access import concerns, may_change
from bookings.meetings.services import way_in
from bookings.models import Booking
from bookings.services.presence import EARLY
from bookings.states import STANDING, BookingState
from organizations.access import administers


@dataclass(frozen=True, slots=True)
class May:
    see_people: bool
    see_link: bool
    join: bool
    check_in: bool
    change: bool
    cancel: bool
    end_now: bool
    decide: bool


def permissions(booking: Booking, user: User) -> May:
    now = timezone.now()
    changes, standing = may_change(booking, user), booking.state in STANDING and booking.ends_at > now
    concerned, there = concerns(booking, user), way_in(booking)
    agreed = standing and booking.state != BookingState.PENDING
    soon = agreed and now >= booking.starts_at - EARLY
    return May(
        see_people=changes,
        see_link=concerned and standing and bool(there),
        join=concerned and soon and bool(there),
        check_in=concerned and soon and booking.state == BookingState.CONFIRMED,
        change=changes and standing,
        cancel=changes and standing,
        end_now=changes and agreed and now >= booking.starts_at,
        decide=booking.state == BookingState.PENDING and standing and administers(user, booking.organization_id),
    )
