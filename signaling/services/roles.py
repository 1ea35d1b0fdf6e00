"""Who hosts: the host's role is a row, and one person's at a time."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import Action
from audit.services import record
from realtime.refusals import Refused
from rooms import access
from rooms.events import tell_updated
from rooms.models import Participant, ParticipantState, Role


@transaction.atomic
def set_cohost(*, participant_id: UUID, target: UUID, cohost: bool) -> None:
    """Makes somebody with an account a co-host, or takes that back; co-hosts may neither."""
    host, person = _host_and_other(participant_id, target)
    access.refuse_if_host(person)
    _give(person, Role.COHOST if cohost else Role.PARTICIPANT, by=host)


@transaction.atomic
def hand_over(*, participant_id: UUID, target: UUID) -> None:
    """Makes somebody with an account the host of this meeting; who was it stays as a co-host."""
    host, person = _host_and_other(participant_id, target)
    if person.pk == host.pk:
        raise access.is_host()
    _give(host, Role.COHOST, by=host)
    _give(person, Role.HOST, by=host)


@transaction.atomic
def take(*, participant_id: UUID) -> None:
    """The room's owner is the host again, wherever the one who was it has gone."""
    owner = access.admitted(participant_id)
    if not owner.owns_room:
        raise Refused("role.insufficient", _("Only the owner of the room can do that."))
    if owner.role == Role.HOST:
        return
    before = owner.meeting.participants.filter(role=Role.HOST).select_related("user", "connection").first()
    if before is not None:
        before.meeting = owner.meeting
        _give(before, Role.COHOST, by=owner)
    _give(owner, Role.HOST, by=owner)


def _host_and_other(participant_id: UUID, target: UUID) -> tuple[Participant, Participant]:
    host = access.hosting(participant_id)
    person = access.other(host, target)
    if host.role != Role.HOST:
        raise Refused("role.insufficient", _("Only the host can do that."))
    if person.role == Role.GUEST:
        raise Refused("participant.is-guest", _("A guest cannot host: it needs an account."))
    return host, person


def _give(person: Participant, role: Role, *, by: Participant) -> None:
    if person.role == role:
        return
    person.role = role
    person.save(update_fields=["role", "updated_at"])
    record(action=Action.PARTICIPANT_ROLE_CHANGED, entity=person, actor=by.user, role=role)
    if person.state == ParticipantState.ADMITTED:
        tell_updated(person)
