"""The only door to organizations and what belongs to them. Unknown and not-yours are the same 404."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access import content_of
from accounts.models import User
from organizations.models import (
    Export,
    ExportState,
    Invitation,
    InvitationQuerySet,
    Membership,
    MembershipRole,
    Organization,
    hash_of,
)
from realtime.refusals import Refused


def not_admin() -> Refused:
    return Refused("organization.admins-only", _("Only an administrator of the organization can do that."))


def membership_in(slug: str, user: User) -> Membership:
    """This person's membership, with its organization; 404 for everybody else."""
    found = get_object_or_404(memberships_of(user).order_by(), organization__slug=slug)
    found.user = user
    return found


def admin_of(slug: str, user: User) -> Membership:
    """Like `membership_in`, and refused for members who are no administrators."""
    found = membership_in(slug, user)
    if not found.is_admin:
        raise not_admin()
    return found


def memberships_of(user: User) -> "QuerySet[Membership]":
    return Membership.objects.select_related("organization").filter(user=user).order_by("organization__name")


def organizations_of(user: User) -> "QuerySet[Organization]":
    """What queries of other apps are scoped by."""
    return Organization.objects.filter(memberships__user=user)


def organizations_for_rooms_of(user: User) -> list[Organization]:
    """Those in which this person may create rooms."""
    found = memberships_of(user)
    return [one.organization for one in found if one.may_make(one.organization.rooms_made_by)]


def administers(user: User, organization_id: UUID) -> bool:
    return Membership.objects.filter(user=user, organization_id=organization_id, role=MembershipRole.ADMIN).exists()


def members_of(organization: Organization) -> "QuerySet[Membership]":
    return Membership.objects.select_related("user").filter(organization=organization)


def admins_of(organization: Organization) -> "QuerySet[Membership]":
    return Membership.objects.admins().filter(organization=organization)


def member_in(organization: Organization, membership_id: UUID) -> Membership:
    found = members_of(organization).filter(pk=membership_id).first()
    if found is None:
        raise Http404
    found.organization = organization
    return found


def invitations_to(organization: Organization) -> InvitationQuerySet:
    """Those nobody has taken up, whether their links still work or not."""
    return Invitation.objects.select_related("invited_by").filter(organization=organization, accepted_at=None)


def invitation_to(organization: Organization, invitation_id: UUID) -> Invitation:
    found = invitations_to(organization).filter(pk=invitation_id).first()
    if found is None:
        raise Http404
    found.organization = organization
    return found


def invitation_behind(token: str) -> Invitation:
    """What the link of a mail leads to, used or not; 404 for links that never were, or were replaced or revoked."""
    found = Invitation.objects.select_related("organization", "invited_by").filter(token_hash=hash_of(token)).first()
    if found is None:
        raise Http404
    return found


def logo_of(organization_id: UUID) -> tuple[bytes, str]:
    """The picture and its version, for everybody; no organization, no logo and a lost file are the same 404."""
    organization = Organization.objects.filter(pk=organization_id).exclude(logo="").first()
    if organization is None:
        raise Http404
    return content_of(organization.logo), organization.logo_version


def branded(organization_id: UUID) -> Organization:
    """One with an accent colour, for everybody."""
    organization = Organization.objects.filter(pk=organization_id).exclude(accent_color="").first()
    if organization is None:
        raise Http404
    return organization


def exports_of(organization: Organization) -> "QuerySet[Export]":
    """The latest first, those that have expired left out."""
    return Export.objects.filter(organization=organization, expires_at__gt=timezone.now())


def export_of(organization: Organization, export_id: UUID) -> Export:
    """One that is ready; those that have expired, and whose file was lost, are not there."""
    found = exports_of(organization).filter(pk=export_id, state=ExportState.READY).first()
    if found is None or not found.file.storage.exists(found.file.name):
        raise Http404
    return found
