"""What is booked in spaces, written as rows: a day two weeks from now, on which nothing is over."""

from datetime import UTC, datetime, timedelta

from django.utils import timezone

from accounts.models import User
from bookings.models import Booking, Slot
from bookings.spaces.models import Space
from bookings.states import HOLDING, BookingState


def monday() -> datetime:
    midnight = timezone.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=21 - midnight.weekday())


MONDAY = monday()


def at(hour: float, day: int = 0) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour)


def on(day: int = 0) -> str:
    return f"{at(0, day):%Y-%m-%d}"


def booked(where: Space, by: User | None, begin: datetime, end: datetime, title: str = "Standup", **fields) -> Booking:
    fields = {"state": BookingState.CONFIRMED} | fields
    made = Booking.objects.create(
        organization=where.organization, organizer=by, title=title, starts_at=begin, ends_at=end, **fields
    )
    Slot.objects.create(
        booking=made,
        space=where,
        blocked_from=begin - timedelta(minutes=where.buffer_before),
        blocked_until=end + timedelta(minutes=where.buffer_after),
        is_held=made.state in HOLDING,
    )
    return made
