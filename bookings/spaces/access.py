"""The only door to spaces and amenities. Unknown and not-yours are the same 404."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Count, QuerySet
from django.http import Http404

from bookings.spaces.models import Amenity, Space, SpaceQuerySet
from organizations.models import Membership, Organization


def spaces_of(organization: Organization) -> SpaceQuerySet:
    return Space.objects.filter(organization=organization)


def spaces_for(membership: Membership) -> SpaceQuerySet:
    """What this member finds in lists: administrators also what can't be booked."""
    found = spaces_of(membership.organization)
    return found if membership.is_admin else found.active()


def space_in(organization: Organization, space_id: UUID) -> Space:
    """A space of this organization, also one that can't be booked any more, or 404."""
    [found] = spaces_in(organization, [space_id])
    return found


def spaces_in(organization: Organization, ids: Collection[UUID]) -> list[Space]:
    """In this order; 404 where one is not there."""
    found = spaces_of(organization).order_by().in_bulk(ids)
    if not found.keys() >= set(ids):
        raise Http404
    for space in found.values():
        space.organization = organization
    return [found[space_id] for space_id in ids]


def amenities_of(organization: Organization) -> "QuerySet[Amenity]":
    return Amenity.objects.filter(organization=organization)


def amenities_in_use(organization: Organization) -> "QuerySet[Amenity]":
    """Each with `uses`, the number of spaces that have it."""
    return amenities_of(organization).annotate(uses=Count("spaces")).order_by("name")


def amenity_in(organization: Organization, amenity_id: UUID) -> Amenity:
    found = amenities_in_use(organization).filter(pk=amenity_id).first()
    if found is None:
        raise Http404
    return found
