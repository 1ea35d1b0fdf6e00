"""Addresses of bookings, and of the spaces they hold."""

from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile

from bookings.models import Booking
from bookings.spaces.models import Amenity, Space
from tests.bookings.places import booked, equip, new_space

if TYPE_CHECKING:
    from tests.organizations.scoped import World


def acme(world: "World") -> dict[str, Any]:
    return {"slug": world.acme.slug}


def room(world: "World") -> Space:
    known = Space.objects.filter(organization=world.acme, name="Of bookings").first()
    return known or new_space(world.acme, "Of bookings")


def space(world: "World") -> dict[str, Any]:
    return {**acme(world), "space_id": room(world).pk}


def photographed(world: "World") -> dict[str, Any]:
    room(world).photo.save("a.webp", ContentFile(b"picture"))
    return space(world)


def amenity(world: "World") -> dict[str, Any]:
    [made] = equip(room(world), "Screen")
    return {**acme(world), "amenity_id": Amenity.objects.get(pk=made.pk).pk}


def booking(world: "World") -> dict[str, Any]:
    known = Booking.objects.filter(organization=world.acme).first()
    return {"booking_id": (known or booked(world.alice, room(world))).pk}


ONE = ("", "-edit", "-move", "-cancel", "-decide", "-check-in", "-end", "-extend")
SPACE = ("", "-part", "-edit", "-door", "-change-door", "-deactivate", "-activate", "-delete")
SCOPED = {
    **dict.fromkeys(("organization-bookings", "booking-new", "booking-hold"), acme),
    **dict.fromkeys(("spaces", "space-new", "space-grid", "space-grid-part", "amenities"), acme),
    **{f"booking{verb}": booking for verb in ONE},
    **{f"space{verb}": space for verb in SPACE},
    "space-photo": photographed,
    "amenity-rename": amenity,
    "amenity-delete": amenity,
}
WITHOUT = {"bookings": None}
