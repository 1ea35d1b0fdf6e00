"""Verbs on invitations. What the link carries is kept as a hash; whoever holds it was given the mail."""

import secrets
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.actions import Action
from audit.services import record
from mail.services import post, take_back
from organizations.access import administers, invitation_behind, invitations_to, not_admin
from organizations.models import Invitation, Membership, Organization, hash_of
from organizations.people.letters import letter_of
from organizations.services import locked
from realtime.refusals import Refused

LIFETIME = timedelta(days=7)
KIND = "organization.invitation"


@transaction.atomic
def invite(*, organization: Organization, actor: User, email: str, role: str) -> Invitation:
    """Mails a new link; one that the address was sent before stops working."""
    organization, email = locked(organization), email.lower()
    if not administers(actor, organization.pk):  # any more
        raise not_admin()
    if Membership.objects.filter(organization=organization, user__in=_people_with(email)).exists():
        raise Refused("invitation.already-member", _("Somebody with this address is a member already."))
    token = secrets.token_urlsafe(32)
    fresh = {
        "role": role,
        "token_hash": hash_of(token),
        "invited_by": actor,
        "expires_at": timezone.now() + LIFETIME,
    }
    invitation, new = Invitation.objects.update_or_create(
        organization=organization, email=email, accepted_at=None, defaults=fresh
    )
    if not new:
        take_back(about=invitation, recipients=[email])
    post(letters=[letter_of(invitation, token)], kind=KIND, about=invitation)
    _note(Action.INVITATION_SENT, invitation, actor, again=not new)
    return invitation


@transaction.atomic
def revoke(*, invitation: Invitation, actor: User) -> None:
    """Its link works no longer. Nothing happens to one that was taken up meanwhile."""
    locked(invitation.organization)
    found = Invitation.objects.filter(pk=invitation.pk, accepted_at=None).first()
    if found is not None:
        take_back(about=found, recipients=[found.email])
        _note(Action.INVITATION_REVOKED, found, actor)
        found.delete()


def revoke_those_of(*, membership: Membership, actor: User) -> None:
    """What somebody offered ends with their right to offer it. The caller holds the organization's lock."""
    for invitation in invitations_to(membership.organization).filter(invited_by=membership.user):
        revoke(invitation=invitation, actor=actor)


@transaction.atomic
def accept(*, token: str, user: User) -> Membership:
    """Refused for who is not the one it was mailed to, however they came by the link."""
    locked(invitation_behind(token).organization)
    invitation = invitation_behind(token)
    if not invitation.is_open:
        raise Refused("invitation.over", _("This invitation was used already, or is older than 7 days."))
    if not is_for(invitation, user):
        raise Refused("invitation.for-somebody-else", _("This invitation is for another address than yours."))
    invitation.accepted_at, invitation.accepted_by = timezone.now(), user
    invitation.save(update_fields=["accepted_at", "accepted_by", "updated_at"])
    membership, _new = Membership.objects.get_or_create(
        organization=invitation.organization, user=user, defaults={"role": invitation.role}
    )
    _note(Action.INVITATION_ACCEPTED, invitation, user)
    return membership


def is_for(invitation: Invitation, user: User) -> bool:
    """The address they sign in with, or another of theirs that they have verified.

    The first one need not be verified: the link was mailed there, so that to hold it is the proof.
    """
    return user in _people_with(invitation.email)


def _people_with(email: str) -> set[User]:
    verified = EmailAddress.objects.select_related("user").filter(email__iexact=email, verified=True)
    return {*User.objects.filter(email__iexact=email), *(address.user for address in verified)}


def _note(action: Action, invitation: Invitation, actor: User, **changes: object) -> None:
    record(
        action=action,
        entity=invitation,
        actor=actor,
        organization=invitation.organization_id,
        email=invitation.email,
        role=invitation.role,
        **changes,
    )
