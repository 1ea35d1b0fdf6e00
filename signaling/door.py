"""What a visitor finds at the door of a room, before anything of the meeting is theirs."""

from typing import Any

from realtime.refusals import Refused
from rooms import access
from rooms.models import Meeting, Participant, ParticipantState, Room
from rooms.services.admission import must_wait, refuse_who_may_not_enter
from rooms.visitors import Visitor

CLOSED = Refused("room.closed", "")
NAMES_SHOWN = 8


def refusal_at(room: Room, visitor: Visitor) -> Refused | None:
    """Why this visitor may not come in now; a guest who has yet to type a name may."""
    if not room.is_active:
        return CLOSED
    meeting = access.active_meeting(room)
    known = access.participant_of(meeting, room, visitor) if meeting else None
    try:
        refuse_who_may_not_enter(room, room.settings, meeting, known, visitor)
    except Refused as refused:
        return None if refused.code == "seat.missing" else refused
    return None


def asks_to_join(room: Room, visitor: Visitor) -> bool:
    """Whether a host has to let this visitor in."""
    meeting = access.active_meeting(room)
    known = access.participant_of(meeting, room, visitor) if meeting else None
    return must_wait(room, room.settings, known, visitor)


def people_inside(room: Room) -> dict[str, Any] | None:
    """How many and some of who, where the host shows it before joining."""
    if not room.settings.show_participants_before_join:
        return None
    people = _inside(access.active_meeting(room))
    return {"count": len(people), "names": [person.name for person in people[:NAMES_SHOWN]]}


def _inside(meeting: Meeting | None) -> list[Participant]:
    return list(meeting.participants.admitted().select_related("user")) if meeting else []


def seat_kept(room: Room, visitor: Visitor) -> Participant | None:
    """The visitor's own seat in the running meeting, while it is held."""
    meeting = access.active_meeting(room)
    known = access.participant_of(meeting, room, visitor) if meeting else None
    return known if known and known.state == ParticipantState.ADMITTED else None
