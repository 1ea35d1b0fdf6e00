"""The only door to organizations and what belongs to them. Unknown and not-yours are the same 404."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from organizations.models import Membership, MembershipRole, Organization
from realtime.refusals import Refused


def not_admin() -> Refused:
    return Refused("organization.admins-only", _("Only an administrator of the organization can do that."))


def membership_in(slug: str, user: User) -> Membership:
    """This person's membership, with its organization; 404 for everybody else."""
    found = Membership.objects.select_related("organization", "user").filter(organization__slug=slug, user=user).first()
    if found is None:
        raise Http404
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


def administers(user: User, organization_id: UUID) -> bool:
    return Membership.objects.filter(user=user, organization_id=organization_id, role=MembershipRole.ADMIN).exists()
