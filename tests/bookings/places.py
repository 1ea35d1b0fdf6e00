"""An organization with spaces, and what people wish for in them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking, Slot
from bookings.services.bookings import book
from bookings.services.wishes import Wish
from bookings.spaces.models import Amenity, OpeningHours, Space
from organizations.models import Membership, Organization


def organization_of(*admins: User, slug: str = "acme", **settings: Any) -> Organization:
    made = Organization.objects.create(name=slug.title(), slug=slug, **settings)
    for user in admins:
        join(made, user, "ADMIN")
    return made


def join(organization: Organization, user: User, role: str = "MEMBER") -> Membership:
    return Membership.objects.create(organization=organization, user=user, role=role)


def new_space(organization: Organization, name: str, **settings: Any) -> Space:
    return Space.objects.create(organization=organization, name=name, **{"capacity": 8, **settings})


def open_at(space: Space, *weekdays: int, opens: int = 9 * 60, closes: int = 17 * 60) -> None:
    OpeningHours.objects.bulk_create(
        OpeningHours(space=space, weekday=day, opens=opens, closes=closes) for day in weekdays
    )


def equip(space: Space, *names: str) -> list[Amenity]:
    found = [Amenity.objects.get_or_create(organization=space.organization, name=name)[0] for name in names]
    space.amenities.add(*found)
    return found


def minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def soon(**time: float) -> datetime:
    return minute(timezone.now()) + timedelta(**time)


def tomorrow(hour: int = 9, minutes: int = 0, *, days: int = 1) -> datetime:
    day = timezone.now().astimezone(UTC) + timedelta(days=days)
    return day.replace(hour=hour, minute=minutes, second=0, microsecond=0)


def wish(*spaces: Space, starts: datetime | None = None, minutes: int = 60, **changes: Any) -> Wish:
    starts = starts or tomorrow()
    return replace(Wish(spaces, starts, starts + timedelta(minutes=minutes), title="Review"), **changes)


def booked(
    user: User | None, *spaces: Space, starts: datetime | None = None, minutes: int = 60, **changes: Any
) -> Booking:
    return book(organizer=user, wish=wish(*spaces, starts=starts, minutes=minutes, **changes))


def happened(booking: Booking, **past: float) -> Booking:
    """As if it had been made, and had begun, so much earlier."""
    by = timedelta(**past)
    for slot in booking.slots.all():
        Slot.objects.filter(pk=slot.pk).update(
            blocked_from=slot.blocked_from - by, blocked_until=slot.blocked_until - by
        )
    Booking.objects.filter(pk=booking.pk).update(
        starts_at=booking.starts_at - by, ends_at=booking.ends_at - by, updated_at=booking.updated_at - by
    )
    booking.refresh_from_db()
    return booking


def overlaps() -> int:
    """Pairs of held slots of one space that overlap: none, ever."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM bookings_slot a JOIN bookings_slot b ON a.space_id = b.space_id AND a.id < b.id"
            " WHERE a.is_held AND b.is_held AND a.blocked_from < b.blocked_until AND b.blocked_from < a.blocked_until"
        )
        return int(cursor.fetchone()[0])
