"""A meeting as everybody in it may see it: state at one `seq`, to which later events are added."""

from typing import Any
from uuid import UUID

from rooms.events import meeting_state, participant_state, room_state
from rooms.models import Meeting, Participant, Room


def snapshot(meeting_id: UUID) -> dict[str, Any]:
    """`seq` is read first, so an event that slips in meanwhile is applied twice, never lost."""
    meeting = Meeting.objects.select_related("room__settings").get(pk=meeting_id)
    room: Room = meeting.room  # type: ignore[assignment]
    people = Participant.objects.admitted().filter(meeting=meeting).select_related("user", "connection")
    return {
        "type": "snapshot",
        "seq": meeting.seq,
        "meeting": meeting_state(meeting),
        "room": room_state(room, room.settings),
        "participants": [participant_state(person) for person in people],
    }
