"""An organization with spaces, and what is booked in them, written as rows."""

from datetime import UTC, datetime, timedelta

from accounts.models import User
from bookings.models import Attendee, Booking, Slot
from bookings.spaces.models import Space
from bookings.states import HOLDING, BookingState
from organizations.models import Membership, MembershipRole, Organization

MONDAY = datetime(2035, 3, 5, tzinfo=UTC)  # far ahead: nothing of it is over while tests run


def organization(admin: User, *members: User, slug: str = "acme") -> Organization:
    made = Organization.objects.create(name=slug.title(), slug=slug)
    Membership.objects.create(organization=made, user=admin, role=MembershipRole.ADMIN)
    for member in members:
        Membership.objects.create(organization=made, user=member)
    return made


def space(acme: Organization, name: str = "Blue room", **fields) -> Space:
    return Space.objects.create(organization=acme, name=name, **{"capacity": 6, "horizon_days": 730} | fields)


def at(hour: float, day: int = 0) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour)


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


def invite(booking: Booking, email: str) -> None:
    Attendee.objects.create(booking=booking, email=email)
