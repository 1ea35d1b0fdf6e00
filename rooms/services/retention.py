"""Records go as many days after the end of their meeting as the room says, with everything that hangs on them.

Where the room's organization keeps them for a shorter time, that counts.
"""

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


def days_kept(room_id: UUID | None) -> int:
    """As the room and its organization say now; 0 is for ever."""
    both = RoomSettings.objects.filter(room=room_id).values_list("records_kept", "room__organization__records_kept")
    return min((days for pair in both for days in pair if days), default=0)


def due() -> list[UUID]:
    """The longest overdue first, not too many at once."""
    return list(_due().order_by("ended_at").values_list("pk", flat=True)[:BATCH])


@transaction.atomic
def prune(*, meeting_id: UUID) -> bool:
    """Deletes a record that is due; False where another process was quicker, or the room now keeps it longer."""
    Room.objects.select_for_update().filter(meetings=meeting_id).first()
    meeting = _due().select_related("room").filter(pk=meeting_id).first()
    if meeting is None or meeting.room is None:
        return False
    record(
        action=Action.MEETING_PRUNED,
        entity=meeting,
        organization=meeting.room.organization_id,
        room=str(meeting.room_id),
        ended_on=timezone.localdate(meeting.ended_at).isoformat(),
    )
    meeting.delete()
    return True


def _due() -> QuerySet[Meeting]:
    now = timezone.now()
    over = Q()
    for days in LIMITED:
        before = now - timedelta(days=days)
        over |= Q(room__settings__records_kept=days, ended_at__lte=before)
        over |= Q(room__organization__records_kept=days, ended_at__lte=before)
    return Meeting.objects.filter(over, state=MeetingState.ENDED)
