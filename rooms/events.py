"""What the people of a meeting are told. The caller holds the room's row lock, so `seq` has no gaps and no twins."""

from typing import Any

from realtime import topics
from realtime.broadcast import broadcast
from rooms.models import HOSTLESS_FOR, SWITCHES, Meeting, Participant, Room, RoomSettings
from rooms.signals import meeting_told


def tell(meeting: Meeting, event: str, /, *, soon: bool = False, **fields: Any) -> None:
    """Counts an event, and sends it to everybody in the call on commit."""
    meeting.seq += 1
    Meeting.objects.filter(pk=meeting.pk).update(seq=meeting.seq)
    meeting_told.send(Meeting, meeting=meeting, event=event, fields=fields)
    broadcast(topics.meeting(meeting.pk), {"type": event, "seq": meeting.seq, **fields}, soon=soon)


def tell_updated(participant: Participant) -> None:
    tell(participant.meeting, "participant.updated", participant=participant_state(participant))


def tell_meeting(meeting: Meeting) -> None:
    tell(meeting, "meeting.updated", meeting=meeting_state(meeting))


def tell_in_passing(meeting: Meeting, event: str, **fields: Any) -> None:
    """Sends what leaves no trace in the meeting's state, so nobody needs to heal it."""
    broadcast(topics.meeting(meeting.pk), {"type": event, **fields})


def participant_state(participant: Participant) -> dict[str, Any]:
    """A person as the others see them. `seq` orders connections: of two people the later one offers media."""
    connection = getattr(participant, "connection", None)
    return {
        "id": participant.pk,
        "name": participant.name,
        "role": participant.role,
        "avatar": participant.user.avatar_url if participant.user else "",
        "microphone": participant.microphone_on,
        "camera": participant.camera_on,
        "screen": participant.screen_on,
        "hand": participant.hand_raised_at,
        "spotlight": participant.in_spotlight,
        "connected": bool(connection and connection.is_open),
        "connection": connection.pk if connection else None,
        "seq": connection.seq if connection else 0,
    }


def meeting_state(meeting: Meeting) -> dict[str, Any]:
    """`ends_at`: when a meeting that no host is left in ends, unless one comes back."""
    return {
        "id": meeting.pk,
        "started_at": meeting.started_at,
        "suspended": meeting.is_suspended,
        "engine": meeting.engine,
        "ends_at": meeting.hostless_since and meeting.hostless_since + HOSTLESS_FOR,
    }


def room_state(room: Room, settings: RoomSettings) -> dict[str, Any]:
    return {
        "name": room.name,
        "code": room.code,
        "locked": room.is_locked,
        "waiting_room": settings.waiting_room,
        "engine": settings.engine,
        **{switch: getattr(settings, switch) for switch in SWITCHES},
    }
