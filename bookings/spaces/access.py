"""The only door to spaces. Unknown and not-yours are the same 404."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from accounts.models import User
from bookings.spaces.models import Amenity, Space
from organizations.models import Organization


def space_for_member(slug: str, space_id: UUID, user: User) -> Space:
    found = (
        Space.objects.select_related("organization")
        .filter(pk=space_id, organization__slug=slug, organization__memberships__user=user)
        .first()
    )
    if found is None:
        raise Http404
    return found


def spaces_of(organization: Organization) -> "QuerySet[Space]":
    return Space.objects.filter(organization=organization)


def amenities_of(organization: Organization) -> "QuerySet[Amenity]":
    return Amenity.objects.filter(organization=organization)
