"""What hosts do to a meeting and its people. Checked when it happens, against the row, not the page."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import Action
from audit.services import record
from realtime import topics
from realtime.broadcast import close_sockets
from realtime.refusals import Close, Refused
from rooms import access
from rooms.models import EndedReason, ParticipantState, Role, Room
from rooms.services import meetings
from rooms.services.rooms import set_locked


@transaction.atomic
def end_meeting(*, participant_id: UUID) -> None:
    host = access.hosting(participant_id)
    meetings.end(meeting=host.meeting, reason=EndedReason.HOST, actor=host.user)


@transaction.atomic
def lock(*, participant_id: UUID, locked: bool) -> None:
    host = access.hosting(participant_id)
    room: Room = host.meeting.room  # type: ignore[assignment]
    set_locked(room=room, actor=host.user, locked=locked)


@transaction.atomic
def remove(*, participant_id: UUID, target: UUID) -> None:
    """Takes a person out; that seat and account cannot return to this meeting."""
    host = access.hosting(participant_id)
    person = access.other(host, target)
    if person.role == Role.HOST or person.pk == host.pk:
        raise Refused("participant.is-host", _("The host cannot be removed."))
    person.meeting = host.meeting
    meetings.leave(participant=person, reason="removed", state=ParticipantState.REMOVED)
    record(action=Action.PARTICIPANT_REMOVED, entity=person, actor=host.user, meeting=str(host.meeting_id))
    close_sockets(topics.inside(host.meeting_id), Close.REMOVED, to={"participant": str(person.pk)})
