"""How the media of a meeting travels: from browser to browser while few are there, else through the relay."""

from django.conf import settings as server

from rooms.events import tell_meeting
from rooms.models import Engine, Meeting, RoomSettings

MESH_AT_MOST = 4  # people; each sends to each other one


def choose_engine(meeting: Meeting, settings: RoomSettings) -> None:
    """What the room's setting means now; the caller holds the room's lock."""
    set_engine(meeting, _fitting(meeting, settings))


def _fitting(meeting: Meeting, settings: RoomSettings) -> Engine:
    if settings.engine == Engine.MESH or not server.RELAY_WORKERS:
        return Engine.MESH
    if settings.engine == Engine.RELAY or meeting.engine == Engine.RELAY:  # it does not go back by itself
        return Engine.RELAY
    crowded = meeting.participants.admitted().count() > MESH_AT_MOST
    return Engine.RELAY if crowded else Engine.MESH


def set_engine(meeting: Meeting, engine: Engine) -> None:
    if meeting.engine != engine:
        meeting.engine = engine
        Meeting.objects.filter(pk=meeting.pk).update(engine=engine)
        tell_meeting(meeting)
