"""Microphones, cameras and screens that are stopped from outside: by a host, or because the room no longer allows them.

Between browsers the server carries no media: it says that a source is stopped. That person's browser obeys, and
everybody else's stops playing it.
"""

from typing import Literal, get_args

from rooms.events import tell, tell_updated
from rooms.models import HOSTING, Meeting, Participant, RoomSettings

Source = Literal["microphone", "camera", "screen"]
SOURCES: tuple[Source, ...] = get_args(Source)


def stop(person: Participant, source: Source, *, by: str, moderated: bool = True) -> bool:
    """Whether there was anything to stop. `by` is a name; `moderated` is False for who presents instead."""
    if not getattr(person, f"{source}_on"):
        return False
    setattr(person, f"{source}_on", False)
    person.save(update_fields=[f"{source}_on", "updated_at"])
    tell(person.meeting, "media.stopped", participant=person.pk, source=source, by=by, moderated=moderated)
    tell_updated(person)
    return True


def stop_all(meeting: Meeting, source: Source, *, by: str, of_hosts: bool = False) -> None:
    people = meeting.participants.admitted().filter(**{f"{source}_on": True})
    if not of_hosts:
        people = people.exclude(role__in=HOSTING)
    for person in people.select_related("user", "connection"):
        person.meeting = meeting
        stop(person, source, by=by)


def stop_what_is_not_allowed(meeting: Meeting, settings: RoomSettings, *, by: str) -> None:
    """Cameras and screens; who may not unmute may still say their last words."""
    if not settings.allow_camera:
        stop_all(meeting, "camera", by=by)
    if not settings.allow_screen_share:
        stop_all(meeting, "screen", by=by)
