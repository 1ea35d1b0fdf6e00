"""Records go as many days after the end of their meeting as the room says, with everything that hangs on them."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from audit.actions import Action
from audit.services import record
from organizations.models import Retention
from rooms.models import Meeting, MeetingState, Room, RoomSettings

BATCH = 50
LIMITED = [choice for choice in Retention if choice != Retention.FOREVER]


def days_kept(meeting: Meeting) -> int:
    """As its room says now; 0 is for ever."""
    return RoomSettings.objects.filter(room=meeting.room_id).values_list("records_kept", flat=True).first() or 0


def due() -> list[UUID]:
    """The longest overdue first, not too many at once."""
    return list(_due().order_by("ended_at").values_list("pk", flat=True)[:BATCH])


@transaction.atomic
def prune(*, meeting_id: UUID) -> bool:
    """Deletes a record that is due; False where another process was quicker, or the room now keeps it longer."""
    Room.objects.select_for_update().filter(meetings=meeting_id).first()
    meeting = _due().filter(pk=meeting_id).first()
    if meeting is None:
        return False
    ended_on = timezone.localdate(meeting.ended_at)
    record(action=Action.MEETING_PRUNED, entity=meeting, room=str(meeting.room_id), ended_on=ended_on.isoformat())
    meeting.delete()
    return True


def _due() -> QuerySet[Meeting]:
    now = timezone.now()
    over = Q()
    for days in LIMITED:
        over |= Q(room__settings__records_kept=days, ended_at__lte=now - timedelta(days=days))
    return Meeting.objects.filter(over, state=MeetingState.ENDED)
