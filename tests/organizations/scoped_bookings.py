"""Addresses of bookings."""

from typing import TYPE_CHECKING, Any

from bookings.models import Booking
from tests.bookings.places import booked

if TYPE_CHECKING:
    from tests.organizations.scoped import World


def acme(world: "World") -> dict[str, Any]:
    return {"slug": world.acme.slug}


def booking(world: "World") -> dict[str, Any]:
    known = Booking.objects.filter(organization=world.acme).first()
    return {"booking_id": (known or booked(world.alice, world.space)).pk}


ONE = ("", "-edit", "-move", "-cancel", "-decide", "-check-in", "-end", "-extend")
SCOPED = {
    "organization-bookings": acme,
    "booking-new": acme,
    "booking-hold": acme,
    **{f"booking{verb}": booking for verb in ONE},
}
WITHOUT = {"bookings": None}
