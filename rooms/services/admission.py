"""The way in: may this visitor enter now, and which seat is theirs. Settled under the room's lock."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from realtime import topics
from realtime.broadcast import close_sockets
from realtime.refusals import Close, Refused
from rooms import access
from rooms.events import participant_state, tell
from rooms.models import (
    HOSTING,
    Attendance,
    Connection,
    Engine,
    Meeting,
    Participant,
    ParticipantState,
    Role,
    Room,
    RoomSettings,
    WaitingRoom,
)
from rooms.opening import is_open, not_now
from rooms.services import queue
from rooms.services.engines import choose_engine
from rooms.services.meetings import begin, watch_hosts
from rooms.signals import participant_joined
from rooms.visitors import Visitor

LEASE = timedelta(seconds=24)  # how long a connection lives without being renewed
PAUSE = timedelta(seconds=60)  # before somebody who was denied may ask again
GRACE = timedelta(seconds=30)  # how long a dropped person's seat is kept


@dataclass(frozen=True, slots=True)
class Wish:
    """How somebody wants to come in. `resume` is the token of the connection this page had before."""

    microphone: bool
    camera: bool
    move: bool = False
    resume: str = ""


@dataclass(frozen=True, slots=True)
class Admission:
    """`returned`: the seat was still held, so for the others this person never left. `owner`: of the room.

    `place` in the queue, from 1, for somebody who is to wait; None for somebody who is inside.
    """

    participant: Participant
    returned: bool = False
    place: int | None = None
    owner: bool = False


@transaction.atomic
def join(*, code: str, visitor: Visitor, wish: Wish) -> Admission:
    """Admits a visitor, or refuses with the reason; the participant carries its new connection."""
    room = access.locked_room(code)
    settings = RoomSettings.objects.get(room=room)
    meeting = access.active_meeting(room)
    known = access.participant_of(meeting, room, visitor) if meeting else None
    refuse_who_may_not_enter(room, settings, meeting, known, visitor)
    if meeting is not None and must_wait(room, settings, known, visitor):
        return _wait(known or _new_seat(meeting, room, visitor), meeting, room, visitor, wish)
    meeting = meeting or begin(room=room)
    inside = known is not None and known.state == ParticipantState.ADMITTED
    if known is not None and inside:
        _displace(known, wish)
        known.screen_on = known.screen_on and _is_same_page(known, wish)
    participant = known or _new_seat(meeting, room, visitor)
    participant.meeting = meeting
    _sit_down(participant, room, settings, visitor, wish, inside=inside)
    if not inside:
        Attendance.objects.create(participant=participant)
    if meeting.empty_since is not None:
        Meeting.objects.filter(pk=meeting.pk).update(empty_since=None)
    _connect(participant, visitor, is_new=known is None)
    event = "participant.returned" if inside else "participant.joined"
    tell(meeting, event, participant=participant_state(participant), soon=True)
    if meeting.engine == Engine.MESH != settings.engine:
        choose_engine(meeting, settings)
    if not inside:
        participant_joined.send(Participant, participant=participant)
    if participant.is_hosting and meeting.hostless_since is not None:
        watch_hosts(meeting, settings)
    return Admission(participant, returned=inside, owner=visitor.is_host_of(room))


def refuse_who_may_not_enter(
    room: Room, settings: RoomSettings, meeting: Meeting | None, known: Participant | None, visitor: Visitor
) -> None:
    """Every reason to turn somebody away at the door, in the order in which they are told."""
    if known is not None and known.state == ParticipantState.REMOVED:
        raise Refused("participant.removed", _("You were removed by the host."))
    if known is not None and known.state == ParticipantState.ADMITTED:
        return
    if known is not None and known.state == ParticipantState.DENIED and known.updated_at > timezone.now() - PAUSE:
        raise Refused("participant.denied", _("The host did not let you in. You may ask again in a minute."))
    if visitor.user is None and not settings.allow_guest_access:
        raise Refused("room.sign-in-needed", _("This meeting is for people with an account. Sign in to join."))
    hosting = visitor.is_host_of(room) or (known is not None and known.role in HOSTING)
    if room.is_locked and not hosting:
        raise Refused("room.locked", _("The host has locked this room."))
    if settings.only_when_scheduled and not hosting and not is_open(room, timezone.now()):
        raise not_now(room)
    waits = must_wait(room, settings, known, visitor)
    if (settings.wait_for_host and not hosting and not _host_is_in(meeting)) or (waits and meeting is None):
        raise Refused("room.host-absent", _("The host is not here yet."))
    if meeting is not None and meeting.participants.admitted().count() >= settings.max_participants:
        raise Refused("room.full", _("The meeting is full."))
    if visitor.user is None and visitor.seat_in(room) is None:
        raise Refused("seat.missing", _("Type your name to join."))


def must_wait(room: Room, settings: RoomSettings, known: Participant | None, visitor: Visitor) -> bool:
    """Whether a host has to let this visitor in. Being early never does."""
    if visitor.is_host_of(room) or (known is not None and (known.let_in or known.role in HOSTING)):
        return False
    if known is not None and known.state == ParticipantState.ADMITTED:
        return False
    everyone = settings.waiting_room == WaitingRoom.EVERYONE
    return everyone or (settings.waiting_room == WaitingRoom.GUESTS and visitor.user is None)


def _wait(participant: Participant, meeting: Meeting, room: Room, visitor: Visitor, wish: Wish) -> Admission:
    """Puts somebody in the queue, or back into their place there."""
    if participant.state == ParticipantState.WAITING and participant.asked_at is not None:
        _displace(participant, wish)
    else:
        participant.state, participant.asked_at = ParticipantState.WAITING, timezone.now()
    _take_name(participant, visitor, room)
    is_new = participant._state.adding
    participant.save()
    participant.meeting = meeting
    _connect(participant, visitor, is_new=is_new)
    queue.tell_queue(meeting)
    return Admission(participant, place=queue.place_of(participant))


def _host_is_in(meeting: Meeting | None) -> bool:
    return meeting is not None and meeting.participants.admitted().filter(role__in=HOSTING).exists()


def _displace(participant: Participant, wish: Wish) -> None:
    """Ends the seat's other live socket, if this page had it or the person says so."""
    connection = Connection.objects.live().filter(participant=participant).first()
    if connection is None:
        return
    if not wish.move and wish.resume != str(connection.token):
        raise Refused("seat.elsewhere", _("You are in this meeting in another tab or on another device."))
    for topic in (topics.meeting(participant.meeting_id), topics.waiting(participant.meeting_id)):
        close_sockets(topic, Close.MOVED, to={"connection": str(connection.token)})


def _is_same_page(participant: Participant, wish: Wish) -> bool:
    """The page that had the seat is back; a new one, after a reload say, shares no screen."""
    connection = getattr(participant, "connection", None)
    return connection is not None and wish.resume == str(connection.token)


def _new_seat(meeting: Meeting, room: Room, visitor: Visitor) -> Participant:
    seat = visitor.seat_in(room)
    return Participant(
        meeting=meeting,
        user=visitor.user,
        guest_name=seat.name if seat else "",
        seat_hash=seat.hash if seat else None,
        role=Role.PARTICIPANT if visitor.user else Role.GUEST,
        state=ParticipantState.ADMITTED,
    )


def _sit_down(
    participant: Participant,
    room: Room,
    settings: RoomSettings,
    visitor: Visitor,
    wish: Wish,
    *,
    inside: bool,
) -> None:
    if visitor.is_host_of(room) and not participant.is_hosting:
        participant.role = Role.COHOST if _has_host(participant.meeting) else Role.HOST
    if not inside:
        _take_name(participant, visitor, room)
    free = participant.is_hosting
    fresh = not inside and not free
    participant.state, participant.let_in = ParticipantState.ADMITTED, True
    silent = participant.meeting.is_suspended or not settings.allow_unmute
    unseen = participant.meeting.is_suspended or not settings.allow_camera
    participant.microphone_on = (
        wish.microphone and (free or not silent) and not (fresh and settings.mute_participants_on_join)
    )
    participant.camera_on = wish.camera and (free or not unseen) and not (fresh and settings.camera_off_on_join)
    participant.save()


def _has_host(meeting: Meeting) -> bool:
    """Whether the host's role is somebody's already, wherever they are."""
    return Participant.objects.filter(meeting=meeting, role=Role.HOST).exists()


def _take_name(participant: Participant, visitor: Visitor, room: Room) -> None:
    seat = visitor.seat_in(room)
    if seat is not None and not participant.named_by_host:
        participant.guest_name = seat.name


def _connect(participant: Participant, visitor: Visitor, *, is_new: bool) -> None:
    before = None if is_new else Connection.objects.filter(participant=participant).first()
    connection = before or Connection(participant=participant)
    connection.token = uuid.uuid4()
    connection.session_key = visitor.session_key
    connection.seq = participant.meeting.seq + 1  # the event that tells of it
    connection.is_open = True
    connection.expires_at = timezone.now() + LEASE
    connection.save()
    participant.connection = connection
