"""How the media of a meeting travels: from browser to browser while few are there, else through the relay."""

from django.conf import settings as server

from rooms.events import meeting_state, tell
from rooms.models import Engine, Meeting, RoomSettings

MESH_AT_MOST = 4  # people; each sends to each other one


def fitting(settings: RoomSettings, meeting: Meeting | None = None) -> Engine:
    """What the room's setting means now, for a meeting that has yet to begin or this one, which does not go back."""
    if settings.engine == Engine.MESH or not server.RELAY_WORKERS:
        return Engine.MESH
    if settings.engine == Engine.RELAY or (meeting and meeting.engine == Engine.RELAY):
        return Engine.RELAY
    crowded = meeting is not None and meeting.participants.admitted().count() > MESH_AT_MOST
    return Engine.RELAY if crowded else Engine.MESH


def choose_engine(meeting: Meeting, settings: RoomSettings) -> None:
    """The caller holds the room's lock."""
    set_engine(meeting, fitting(settings, meeting))


def set_engine(meeting: Meeting, engine: Engine) -> None:
    if meeting.engine != engine:
        meeting.engine = engine
        Meeting.objects.filter(pk=meeting.pk).update(engine=engine)
        tell(meeting, "meeting.updated", meeting=meeting_state(meeting))
