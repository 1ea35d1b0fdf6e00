"""The waiting room: who stands in front of the door, and what a host does about them.

Hosts are told only that something changed and ask for the list; who waits is told their place and nothing else.
"""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import Action
from audit.services import record
from realtime import topics
from realtime.broadcast import broadcast, close_sockets
from realtime.refusals import Close, Refused
from rooms import access
from rooms.models import HOSTING, Connection, Meeting, Participant, ParticipantState, Role, RoomSettings, WaitingRoom
from rooms.services import meetings


def place_of(participant: Participant) -> int | None:
    """From 1; None for who does not wait."""
    order = list(Participant.objects.waiting().filter(meeting=participant.meeting_id).values_list("pk", flat=True))
    return order.index(participant.pk) + 1 if participant.pk in order else None


def message_of(meeting: Meeting) -> str:
    """The host's sentence for people who wait."""
    return RoomSettings.objects.filter(room=meeting.room_id).values_list("waiting_message", flat=True).first() or ""


def tell_queue(meeting: Meeting) -> None:
    """Hosts hear that the queue changed, and those in it where they stand."""
    waiting = list(Participant.objects.waiting().filter(meeting=meeting).values_list("pk", flat=True))
    for host in Participant.objects.admitted().filter(meeting=meeting, role__in=HOSTING).values_list("pk", flat=True):
        event = {"type": "waiting.changed", "count": len(waiting)}
        broadcast(topics.meeting(meeting.pk), event, to={"participant": str(host)})
    for place, person in enumerate(waiting, start=1):
        _tell(meeting, person, {"type": "waiting.moved", "place": place})


def people_waiting(*, participant_id: UUID) -> list[dict[str, Any]]:
    """The queue, for a host."""
    host = access.inside(participant_id)
    if not host.is_hosting:
        raise access.not_hosting()
    waiting = Participant.objects.waiting().filter(meeting=host.meeting_id).select_related("user")
    return [
        {"id": one.pk, "name": one.name, "guest": one.role == Role.GUEST, "asked_at": one.asked_at} for one in waiting
    ]


def state_of(*, participant_id: UUID, token: UUID) -> dict[str, Any]:
    """Where somebody who waits stands now; heals an event that was lost."""
    participant = Participant.objects.get(pk=participant_id)
    alive = Connection.objects.filter(token=token).exists()
    return {"place": place_of(participant) if alive else None, "let_in": participant.let_in}


@transaction.atomic
def withdraw(*, participant_id: UUID) -> None:
    """Gives up waiting."""
    participant = Participant.objects.select_related("meeting").get(pk=participant_id)
    if _take_out(participant.meeting, participant.pk, state=ParticipantState.LEFT):
        tell_queue(participant.meeting)


@transaction.atomic
def admit(*, participant_id: UUID, target: UUID) -> None:
    """Lets one person in: their page then joins, and takes a seat if there still is one."""
    host = access.hosting(participant_id)
    _refuse_when_full(host.meeting)
    if not _let_in(host.meeting, target):
        raise Refused("participant.not-waiting", _("This person is not waiting any more."))
    record(action=Action.PARTICIPANT_ADMITTED, entity=host.meeting, actor=host.user, participant=str(target))
    tell_queue(host.meeting)


@transaction.atomic
def admit_all(*, participant_id: UUID) -> None:
    host = access.hosting(participant_id)
    let_everyone_in(host.meeting)
    record(action=Action.PARTICIPANT_ADMITTED, entity=host.meeting, actor=host.user, participant="all")


def let_everyone_in(meeting: Meeting) -> None:
    waiting = list(Participant.objects.waiting().filter(meeting=meeting).values_list("pk", flat=True))
    for person in waiting:
        _let_in(meeting, person)
    if waiting:
        tell_queue(meeting)


@transaction.atomic
def deny(*, participant_id: UUID, target: UUID) -> None:
    host = access.hosting(participant_id)
    if not _take_out(host.meeting, target, state=ParticipantState.DENIED):
        raise Refused("participant.not-waiting", _("This person is not waiting any more."))
    record(action=Action.PARTICIPANT_DENIED, entity=host.meeting, actor=host.user, participant=str(target))
    close_sockets(topics.waiting(host.meeting_id), Close.DENIED, to={"participant": str(target)})
    tell_queue(host.meeting)


@transaction.atomic
def send_back(*, participant_id: UUID, target: UUID) -> None:
    """Takes somebody out of the call; their page comes back and waits to be let in anew."""
    host = access.hosting(participant_id)
    person = access.other(host, target)
    if person.is_hosting:
        raise Refused("participant.is-host", _("A host cannot be sent back to waiting."))
    if _settings(host.meeting).waiting_room == WaitingRoom.OFF:
        raise Refused("room.no-waiting-room", _("This room has no waiting room. Switch it on first."))
    Participant.objects.filter(pk=person.pk).update(let_in=False)
    meetings.leave(participant=person, reason="sent-back")
    record(action=Action.PARTICIPANT_SENT_BACK, entity=person, actor=host.user, meeting=str(host.meeting_id))
    close_sockets(topics.inside(host.meeting_id), Close.SENT_BACK, to={"participant": str(person.pk)})


def _settings(meeting: Meeting) -> RoomSettings:
    """Of a host's meeting, which has been read together with them."""
    settings: RoomSettings = meeting.room.settings  # type: ignore[union-attr]
    return settings


def _let_in(meeting: Meeting, person: UUID) -> bool:
    if not _take_out(meeting, person, state=ParticipantState.LEFT, let_in=True):
        return False
    _tell(meeting, person, {"type": "waiting.admitted"})
    return True


def _take_out(meeting: Meeting, person: UUID, **change: Any) -> bool:
    """Settled by the row: of two hosts, or of a host and the person, one is first."""
    waiting = Participant.objects.filter(pk=person, meeting=meeting, state=ParticipantState.WAITING)
    if not waiting.update(**change, updated_at=timezone.now()):
        return False
    Connection.objects.filter(participant=person).delete()
    return True


def _refuse_when_full(meeting: Meeting) -> None:
    if meeting.participants.admitted().count() >= _settings(meeting).max_participants:
        raise Refused("room.full", _("The meeting is full."))


def _tell(meeting: Meeting, person: UUID, event: dict[str, Any]) -> None:
    broadcast(topics.waiting(meeting.pk), event, to={"participant": str(person)})
