"""Who is really there. A connection is a row with a time to live; nothing depends on a disconnect having run."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from rooms import access
from rooms.events import tell
from rooms.models import HOSTLESS_FOR, Connection, Meeting, Participant, ParticipantState, Room
from rooms.services import meetings
from rooms.services.admission import GRACE, LEASE
from rooms.services.queue import tell_queue


def renew(*, tokens: Iterable[UUID]) -> None:
    """Prolongs connections; many in one statement."""
    Connection.objects.filter(token__in=list(tokens), is_open=True).update(expires_at=timezone.now() + LEASE)


def current_seq(meeting_ids: Iterable[UUID]) -> dict[UUID, int]:
    return dict(Meeting.objects.filter(pk__in=list(meeting_ids)).values_list("pk", "seq"))


@transaction.atomic
def drop(*, participant_id: UUID, token: UUID) -> None:
    """A socket broke: the seat is kept for a while, and the others see that this person is away."""
    Room.objects.select_for_update().filter(meetings__participants=participant_id).first()
    dropped = Connection.objects.filter(token=token, is_open=True).update(
        is_open=False, expires_at=timezone.now() + GRACE
    )
    if dropped and Participant.objects.admitted().filter(pk=participant_id).exists():
        meeting = Meeting.objects.get(participants=participant_id)
        tell(meeting, "participant.dropped", participant=participant_id, soon=True)


@transaction.atomic
def leave(*, participant_id: UUID) -> None:
    meetings.leave(participant=access.admitted(participant_id), reason="left")


def sweep() -> None:
    """Takes out those whose time to live has passed, and ends meetings that stayed empty. Any process may run it."""
    for participant_id in Connection.objects.expired().values_list("participant_id", flat=True):
        _expire(participant_id)
    for meeting in Meeting.objects.empty_since(timezone.now() - meetings.EMPTY_FOR):
        meetings.end_if_still_empty(meeting=meeting)
    for meeting in Meeting.objects.hostless_since(timezone.now() - HOSTLESS_FOR):
        meetings.end_if_still_hostless(meeting=meeting)


@transaction.atomic
def _expire(participant_id: UUID) -> None:
    Room.objects.select_for_update().filter(meetings__participants=participant_id).first()
    if not Connection.objects.expired().filter(participant_id=participant_id).exists():
        return  # came back, or another process was quicker
    participant = Participant.objects.select_related("user", "meeting__room").get(pk=participant_id)
    if participant.state == ParticipantState.ADMITTED:
        meetings.leave(participant=participant, reason="lost")
        return
    Connection.objects.filter(participant_id=participant_id).delete()
    if participant.state == ParticipantState.WAITING:
        Participant.objects.filter(pk=participant_id).update(state=ParticipantState.LEFT)
        tell_queue(participant.meeting)


SWEEP_EVERY = timedelta(seconds=2)
