"""Members without an invitation, and the links that invitations carry."""

import re

from accounts.models import User
from mail.models import Mail
from organizations.models import Membership, MembershipRole, Organization
from organizations.people.invitations import invite


def joins(organization: Organization, user: User, role: str = MembershipRole.MEMBER) -> Membership:
    return Membership.objects.create(organization=organization, user=user, role=role)


def role_of(user: User, organization: Organization) -> str | None:
    return Membership.objects.filter(user=user, organization=organization).values_list("role", flat=True).first()


def invited(organization: Organization, email: str, role: str = MembershipRole.MEMBER) -> str:
    """The path of the link in the mail."""
    admin = Membership.objects.admins().filter(organization=organization).first()
    assert admin is not None
    invite(organization=organization, actor=admin.user, email=email, role=role)
    return link_to(email)


def link_to(email: str) -> str:
    mail = Mail.objects.filter(recipient=email).latest("created_at")
    found = re.search(r"/invitations/\S+/", mail.text)
    assert found is not None
    return found[0]
