"""Bookings as rows, whatever services would say to them."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.models import User
from bookings.models import Attendee, Booking, Series, Slot
from bookings.spaces.models import Space
from bookings.states import HOLDING
from rooms.schedules.times import spans

YEAR = timezone.now().year + 1  # a fixed date would be over one day
HOUR = timedelta(hours=1)


def at(month: int, day: int, hour: int = 9, minute: int = 0, *, zone: str = "UTC", year: int = YEAR) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def booking_of(
    space: Space,
    organizer: User | None,
    starts_at: datetime,
    length: timedelta = HOUR,
    *,
    attendees: Iterable[str] = (),
    **fields: Any,
) -> Booking:
    values = {"state": "CONFIRMED", "title": "Review", "ends_at": starts_at + length, **fields}
    made = Booking.objects.create(organization=space.organization, organizer=organizer, starts_at=starts_at, **values)
    times = {"blocked_from": made.starts_at, "blocked_until": made.ends_at}
    Slot.objects.create(booking=made, space=space, is_held=made.state in HOLDING, **times)
    Attendee.objects.bulk_create(Attendee(booking=made, email=one) for one in attendees)
    return made


def series_of(
    space: Space, organizer: User, wall: datetime, rrule: str, *, attendees: Iterable[str] = (), **fields: Any
) -> Series:
    """`wall`: the first start as the clock in the space shows it."""
    starts_at = wall.replace(tzinfo=space.zone).astimezone(UTC)
    made = Series.objects.create(
        organization=space.organization,
        organizer=organizer,
        starts_at=starts_at,
        ends_at=starts_at + HOUR,
        time_zone=space.time_zone,
        rrule=rrule,
    )
    for span in spans(made):
        booking_of(
            space,
            organizer,
            span.starts_at,
            attendees=attendees,
            series=made,
            original_starts_at=span.starts_at,
            **fields,
        )
    return made
