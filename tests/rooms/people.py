"""Coming in without a socket: what the call's consumer asks of the services, asked directly."""

from datetime import timedelta

from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.utils import timezone

from accounts.models import User
from rooms.access import active_meeting, participant_of
from rooms.models import Meeting, Participant, Room
from rooms.services.admission import Wish, join
from rooms.services.meetings import leave
from rooms.visitors import SEATS, Visitor, give_seat


def member(user: User) -> Visitor:
    return Visitor(user)


def guest(room: Room, name: str = "Gina") -> Visitor:
    session = SessionStore()
    give_seat(session, room, name)
    return Visitor(None, "", session[SEATS])


def come_in(room: Room, visitor: Visitor, *, microphone: bool = True, camera: bool = True, **wish) -> Participant:
    admission = join(code=room.code, visitor=visitor, wish=Wish(microphone=microphone, camera=camera, **wish))
    return Participant.objects.select_related("meeting", "connection").get(pk=admission.participant.pk)


def go(participant: Participant) -> None:
    leave(participant=Participant.objects.select_related("meeting").get(pk=participant.pk), reason="left")


def seat(room: Room, visitor: Visitor) -> Participant:
    found = participant_of(running(room), room, visitor)
    assert found is not None
    return found


def running(room: Room) -> Meeting:
    meeting = active_meeting(room)
    assert meeting is not None
    return meeting


def ago(**time: int):
    return timezone.now() - timedelta(**time)


def set_settings(room: Room, **settings) -> None:
    for field, value in settings.items():
        setattr(room.settings, field, value)
    room.settings.save()
