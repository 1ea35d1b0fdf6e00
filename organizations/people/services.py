"""Verbs on members. Who leaves or is removed gives what they cared for to an administrator."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.actions import Action
from audit.services import record
from organizations.models import Membership
from organizations.people.invitations import revoke_those_of
from organizations.services import locked
from organizations.signals import membership_ended
from realtime.deadlocks import retried
from realtime.refusals import Refused


@transaction.atomic
def change_role(*, membership: Membership, actor: User, role: str) -> Membership:
    membership = _locked(membership)
    before = membership.role
    if before != role:
        _keep_an_admin(membership)
        membership.role = role
        membership.save(update_fields=["role", "updated_at"])
        if not membership.is_admin:
            revoke_those_of(membership=membership, actor=actor)
        _note(Action.MEMBERSHIP_CHANGED, membership, actor, role=[before, role])
    return membership


@retried
def remove(*, membership: Membership, actor: User) -> None:
    _end(_locked(membership), actor, Action.MEMBERSHIP_REMOVED)


@retried
def leave(*, membership: Membership) -> None:
    _end(_locked(membership), membership.user, Action.MEMBERSHIP_LEFT)


def _end(membership: Membership, actor: User, action: Action) -> None:
    _keep_an_admin(membership)
    others = Membership.objects.admins().filter(organization=membership.organization).exclude(pk=membership.pk)
    heir = others.order_by("created_at").first()
    revoke_those_of(membership=membership, actor=actor)
    membership_ended.send(sender=Membership, membership=membership, heir=heir.user if heir else None)
    _note(action, membership, actor, role=membership.role)
    membership.delete()


def _locked(membership: Membership) -> Membership:
    """As it is now, with the organization's row locked, so that its administrators can be counted."""
    locked(membership.organization)
    found = Membership.objects.select_related("organization", "user").filter(pk=membership.pk).first()
    if found is None:
        raise Refused("membership.over", _("This person is not a member any more."))
    return found


def _keep_an_admin(membership: Membership) -> None:
    """Before an administrator stops being one."""
    admins = Membership.objects.admins().filter(organization=membership.organization)
    if membership.is_admin and not admins.exclude(pk=membership.pk).exists():
        text = _("%(name)s would be left without an administrator. Make somebody else one first, or delete it.")
        raise Refused("organization.last-admin", str(text) % {"name": membership.organization.name})


def _note(action: Action, membership: Membership, actor: User, **changes: object) -> None:
    person = {"user": str(membership.user_id), "name": membership.user.display_name}
    record(
        action=action,
        entity=membership,
        actor=actor,
        organization=membership.organization_id,
        **person,
        **changes,
    )
