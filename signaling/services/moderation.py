"""What hosts do about other people: their sources, hands, names, their place on the screen and in the meeting."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import Action
from audit.services import record
from realtime import topics
from realtime.broadcast import broadcast, close_sockets
from realtime.refusals import Close, Refused
from rooms import access
from rooms.events import tell, tell_updated
from rooms.models import Participant, ParticipantState, Role
from rooms.names import guest_name
from rooms.services import hands, meetings, sources
from rooms.services.rooms import switch
from rooms.services.sources import Source


@transaction.atomic
def stop_source(*, participant_id: UUID, target: UUID, source: Source) -> None:
    """Mutes somebody, turns off their camera, or stops their share; they see who did it."""
    host, person = _pair(participant_id, target)
    if host.role != Role.HOST:
        access.refuse_if_host(person)
    if sources.stop(person, source, by=host.name):
        record(action=Action.PARTICIPANT_STOPPED, entity=person, actor=host.user, source=source)


@transaction.atomic
def mute_all(*, participant_id: UUID, may_unmute: bool) -> None:
    """Mutes everybody who does not host; without `may_unmute` they stay so until the room allows unmuting again."""
    host = access.hosting(participant_id)
    sources.stop_all(host.meeting, "microphone", by=host.name)
    switch(meeting=host.meeting, actor=host, setting="allow_unmute", on=may_unmute)
    record(action=Action.MEETING_MUTED, entity=host.meeting, actor=host.user, may_unmute=may_unmute)


@transaction.atomic
def ask_to_unmute(*, participant_id: UUID, target: UUID) -> None:
    """A question to one person; they decide."""
    host, person = _pair(participant_id, target)
    event = {"type": "unmute.asked", "by": host.name}
    broadcast(topics.meeting(host.meeting_id), event, to={"participant": str(person.pk)})
    record(action=Action.PARTICIPANT_ASKED_TO_UNMUTE, entity=person, actor=host.user)


@transaction.atomic
def lower_hand_of(*, participant_id: UUID, target: UUID) -> None:
    host, person = _pair(participant_id, target)
    if _lower(person):
        record(action=Action.PARTICIPANT_HAND_LOWERED, entity=person, actor=host.user)


@transaction.atomic
def lower_all_hands(*, participant_id: UUID) -> None:
    host = access.hosting(participant_id)
    for person in host.meeting.participants.admitted().filter(hand_raised_at__isnull=False):
        person.meeting = host.meeting
        _lower(person)
    record(action=Action.MEETING_HANDS_LOWERED, entity=host.meeting, actor=host.user)


def _lower(person: Participant) -> bool:
    if not hands.take_down(Participant.objects.filter(pk=person.pk)):
        return False
    tell(person.meeting, "hand.lowered", participant=person.pk)
    return True


@transaction.atomic
def rename(*, participant_id: UUID, target: UUID, name: str) -> None:
    """Gives a guest another name, for as long as the meeting lasts. Who has an account names themselves."""
    host, person = _pair(participant_id, target)
    if person.role != Role.GUEST:
        raise Refused("participant.not-guest", _("Only guests can be renamed."))
    before, person.guest_name, person.named_by_host = person.guest_name, guest_name(name), True
    if person.guest_name == before:
        return
    person.save(update_fields=["guest_name", "named_by_host", "updated_at"])
    record(action=Action.PARTICIPANT_RENAMED, entity=person, actor=host.user, name=[before, person.guest_name])
    tell_updated(person)


@transaction.atomic
def set_spotlight(*, participant_id: UUID, target: UUID) -> None:
    """Shows one person large to all, instead of whoever was."""
    host, person = _pair(participant_id, target)
    if not person.in_spotlight:
        _clear_spotlight(host)
        _put_in_spotlight(person, on=True, by=host)


@transaction.atomic
def clear_spotlight(*, participant_id: UUID) -> None:
    _clear_spotlight(access.hosting(participant_id))


def _clear_spotlight(host: Participant) -> None:
    for person in host.meeting.participants.filter(in_spotlight=True).select_related("user", "connection"):
        person.meeting = host.meeting
        _put_in_spotlight(person, on=False, by=host)


def _put_in_spotlight(person: Participant, *, on: bool, by: Participant) -> None:
    person.in_spotlight = on
    person.save(update_fields=["in_spotlight", "updated_at"])
    record(action=Action.PARTICIPANT_SPOTLIGHTED, entity=person, actor=by.user, on=on)
    tell_updated(person)


@transaction.atomic
def remove(*, participant_id: UUID, target: UUID, may_return: bool) -> None:
    """Takes a person out: for good, or so that they may come in, or ask to, as if for the first time."""
    host, person = _pair(participant_id, target)
    access.refuse_if_host(person)
    if person.pk == host.pk:
        raise Refused("participant.is-you", _("You cannot remove yourself. Leave instead."))
    Participant.objects.filter(pk=person.pk).update(let_in=False)
    state = ParticipantState.LEFT if may_return else ParticipantState.REMOVED
    meetings.leave(participant=person, reason="removed", state=state)
    record(action=Action.PARTICIPANT_REMOVED, entity=person, actor=host.user, may_return=may_return)
    code = Close.REMOVED_FOR_NOW if may_return else Close.REMOVED
    close_sockets(topics.inside(host.meeting_id), code, to={"participant": str(person.pk)})


def _pair(participant_id: UUID, target: UUID) -> tuple[Participant, Participant]:
    host = access.hosting(participant_id)
    return host, access.other(host, target)
