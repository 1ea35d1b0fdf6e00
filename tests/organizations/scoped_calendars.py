"""Addresses of usage, calendar files and feeds, and what of Acme's stands in them."""

from typing import TYPE_CHECKING, Any

from bookings.feeds.models import Feed
from bookings.feeds.services import make_feed
from bookings.spaces.models import Space
from tests.bookings.places import booked, new_space

if TYPE_CHECKING:
    from tests.organizations.scoped import World


def space(world: "World") -> Space:
    known = Space.objects.filter(organization=world.acme, name="Of feeds").first()
    return known or new_space(world.acme, "Of feeds")


def acme(world: "World") -> dict[str, Any]:
    return {"slug": world.acme.slug}


def usage(world: "World") -> dict[str, Any]:
    return {**acme(world), "space_id": space(world).pk}


def booking(world: "World") -> dict[str, Any]:
    return {"booking_id": booked(world.alice, space(world)).pk}


def feed(world: "World") -> dict[str, Any]:
    made: Feed = make_feed(user=world.alice, of=space(world))
    return {"feed_id": made.pk}


SCOPED = {
    "organization-usage": acme,
    "space-usage": usage,
    "booking-calendar": booking,
    "feed-renew": feed,
    "feed-revoke": feed,
}
OPEN = {
    "feed": "the key is a secret of its maker",
    "booking-answer": "the token is signed for one address",
}
WITHOUT = {"feeds": lambda world: {"of": str(space(world).pk)}}
