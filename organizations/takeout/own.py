"""What this app adds to the archive."""

from collections.abc import Iterator
from typing import Any

from audit.entries import rows
from audit.models import AuditEntry
from organizations.models import Invitation, Membership, Organization
from organizations.takeout.archive import columns, files_in, register


def itself(organization: Organization) -> Iterator[dict[str, Any]]:
    return columns(Organization.objects.filter(pk=organization.pk))


def members(organization: Organization) -> Iterator[dict[str, Any]]:
    found = Membership.objects.filter(organization=organization)
    return columns(found, name="user__display_name", email="user__email")


def invitations(organization: Organization) -> Iterator[dict[str, Any]]:
    return columns(Invitation.objects.filter(organization=organization), without=["token_hash"])


def audit(organization: Organization) -> Iterator[dict[str, Any]]:
    return rows(AuditEntry.objects.filter(organization=organization.pk).order_by("at", "pk"))


register("organization", itself, files=lambda one: files_in(Organization.objects.filter(pk=one.pk), "logo"))
register("members", members)
register("invitations", invitations)
register("audit", audit)
