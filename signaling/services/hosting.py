"""What hosts do to a meeting as a whole. Checked when it happens, against the row, not the page."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from audit.actions import Action
from audit.services import record
from realtime.limits import at_most
from realtime.refusals import Refused
from rooms import access
from rooms.events import tell_meeting
from rooms.models import EndedReason, Participant, Room
from rooms.services import meetings, sources
from rooms.services import rooms as services

REFUSALS_RECORDED = 10  # a minute and person; a page never asks for what it may not


@transaction.atomic
def end_meeting(*, participant_id: UUID) -> None:
    host = access.hosting(participant_id)
    meetings.end(meeting=host.meeting, reason=EndedReason.HOST, actor=host.user)


@transaction.atomic
def lock(*, participant_id: UUID, locked: bool) -> None:
    host = access.hosting(participant_id)
    room: Room = host.meeting.room  # type: ignore[assignment]
    services.set_locked(room=room, actor=host.user, locked=locked)


@transaction.atomic
def switch(*, participant_id: UUID, setting: str, on: bool) -> None:
    """One switch of the room's settings; all others stay as they are now, whatever the page shows."""
    host = access.hosting(participant_id)
    services.switch(meeting=host.meeting, actor=host, setting=setting, on=on)


@transaction.atomic
def suspend(*, participant_id: UUID) -> None:
    """Everything off at once, hosts' own sources too: until it is resumed only hosts send, and nobody writes."""
    host = access.hosting(participant_id)
    if _set_suspended(host, suspended=True):
        for source in sources.SOURCES:
            sources.stop_all(host.meeting, source, by=host.name, of_hosts=True)


@transaction.atomic
def resume(*, participant_id: UUID) -> None:
    """People turn on again what they want to."""
    _set_suspended(access.hosting(participant_id), suspended=False)


def _set_suspended(host: Participant, *, suspended: bool) -> bool:
    meeting = host.meeting
    if meeting.is_suspended == suspended:
        return False
    meeting.is_suspended = suspended
    meeting.save(update_fields=["is_suspended", "updated_at"])
    tell_meeting(meeting)
    action = Action.MEETING_SUSPENDED if suspended else Action.MEETING_RESUMED
    record(action=action, entity=meeting, actor=host.user)
    return True


def note_refusal(*, participant_id: UUID, command: str, code: str) -> None:
    """Who asks for what only hosts may do has another page than ours."""
    try:
        at_most(REFUSALS_RECORDED, f"refusals:{participant_id}", within=timedelta(minutes=1))
    except Refused:
        return
    person = Participant.objects.select_related("user").filter(pk=participant_id).first()
    if person is not None:
        record(action=Action.COMMAND_REFUSED, entity=person, actor=person.user, command=command, code=code)
