"""An organization with spaces, and what people wish for in them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.dispatch import Signal
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking, Series, Slot
from bookings.proof.world import overlapping_pairs as overlaps  # noqa: F401 - for tests
from bookings.services.bookings import book, cancel, change
from bookings.services.holds import hold as keep_free
from bookings.services.series import book_series
from bookings.services.wishes import Wish
from bookings.spaces.models import Amenity, OpeningHours, Space
from organizations.models import Membership, Organization
from realtime.refusals import Refused


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
    """Of spaces as they are now, since a request has just read them."""
    starts, now = starts or tomorrow(), Space.objects.in_bulk([space.pk for space in spaces])
    read = tuple(now.get(space.pk, space) for space in spaces)
    return replace(Wish(read, starts, starts + timedelta(minutes=minutes), title="Review"), **changes)


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


def refusal(verb: Callable[..., object], *args: Any, **kwargs: Any) -> str:
    """The code with which it is refused; empty where it is not."""
    try:
        verb(*args, **kwargs)
    except Refused as refused:
        return refused.code
    return ""


@contextmanager
def heard(signal: Signal) -> Iterator[list[dict[str, Any]]]:
    """What is sent meanwhile."""
    told: list[dict[str, Any]] = []

    def hear(**sent: Any) -> None:
        told.append(sent)

    signal.connect(hear)
    try:
        yield told
    finally:
        signal.disconnect(hear)


def cancelled(booking: Booking) -> Booking:
    assert booking.organizer is not None
    return cancel(booking=booking, actor=booking.organizer)


def held(user: User, *spaces: Space, starts: datetime | None = None, minutes: int = 60, **more: Any) -> Booking:
    starts = starts or tomorrow()
    return keep_free(user=user, spaces=spaces, starts_at=starts, ends_at=starts + timedelta(minutes=minutes), **more)


def moved(booking: Booking, actor: User, *, hour: int = 12, version: int | None = None, **changes: Any) -> Booking:
    starts = tomorrow(hour)
    wanted = Wish.of(booking, **{"starts_at": starts, "ends_at": starts + timedelta(hours=1), **changes})
    return change(booking=booking, actor=actor, version=version or booking.version, wish=wanted)


def series_of(
    user: User, *spaces: Space, rrule: str, skip: bool = False, key: str = "", hold: UUID | None = None, **wanted: Any
) -> Series:
    return book_series(organizer=user, wish=wish(*spaces, **wanted), rrule=rrule, skip=skip, key=key, hold=hold)


def next_turn(space: Space, *, forward: bool) -> date:
    """The next day on which the clocks there go forward, or back."""
    day = tomorrow().date()
    while _turns(day, space) != (1 if forward else -1):
        day += timedelta(days=1)
    return day


def _turns(day: date, space: Space) -> float:
    """By how many hours."""
    midnight, noon = (datetime(day.year, day.month, day.day, hour, tzinfo=space.zone) for hour in (0, 12))
    return ((noon.utcoffset() or timedelta()) - (midnight.utcoffset() or timedelta())) / timedelta(hours=1)
