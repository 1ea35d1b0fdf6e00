"""The only door to rooms, meetings and participants. Unknown and not-yours look the same."""

from typing import TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from organizations.access import administers
from organizations.models import Membership
from realtime.refusals import Refused
from rooms.codes import normalise
from rooms.models import HOSTING, Meeting, MeetingQuerySet, MeetingState, Participant, Role, Room, RoomQuerySet
from rooms.visitors import Visitor


def not_joined() -> Refused:
    return Refused("meeting.not-joined", _("You are not in this meeting."))


NOT_HOSTING = "role.insufficient"


def not_hosting() -> Refused:
    return Refused(NOT_HOSTING, _("Only a host can do that."))


def is_host() -> Refused:
    return Refused("participant.is-host", _("This person is the host."))


def suspended() -> Refused:
    return Refused("meeting.suspended", _("The host has suspended the meeting."))


def not_found() -> Refused:
    return Refused("room.not-found", _("There is no meeting with this link. Ask the host for a new one."))


Row = TypeVar("Row", bound=Model)


def room_for_host(code: str, user: User) -> Room:
    """A room of this person's, open or closed, or 404."""
    room = Room.objects.select_related("settings").filter(code=normalise(code), host=user).first()
    if room is None:
        raise Http404
    return room


def room_for_manager(code: str, user: User) -> Room:
    """One of this person's, or of an organization that they administer; else 404."""
    room = Room.objects.select_related("settings", "organization").filter(code=normalise(code)).first()
    if room is None or not (room.host_id == user.pk or _administers(room, user)):
        raise Http404
    return room


def _administers(room: Room, user: User) -> bool:
    return room.organization_id is not None and administers(user, room.organization_id)


def rooms_in(membership: Membership) -> RoomQuerySet:
    """Of an organization: all for its administrators, for others their own; in the order of `rooms_of`."""
    rooms = Room.objects.filter(organization=membership.organization)
    return _listed_rooms(rooms if membership.is_admin else rooms.hosted_by(membership.user)).select_related("host")


def rooms_of(user: User) -> RoomQuerySet:
    """This person's rooms for a list, each with its `people_inside`: where somebody is first, what is closed last."""
    return _listed_rooms(Room.objects.hosted_by(user))


def _listed_rooms(rooms: RoomQuerySet) -> RoomQuerySet:
    return rooms.filter(is_listed=True).with_people_inside().order_by("-is_active", "-people_inside", "-created_at")


def room_for_visitor(code: str, visitor: Visitor) -> Room:
    """The room behind an invite link, or 404. A closed room exists only for its host and those who were in it."""
    found = Room.objects.select_related("settings", "host", "organization")
    room = found.filter(code=normalise(code)).first()
    if room is None or not (room.is_active or _knows(room, visitor)):
        raise Http404
    return room


def _knows(room: Room, visitor: Visitor) -> bool:
    if visitor.is_host_of(room):
        return True
    who = visitor.matching(room)
    return who is not None and Participant.objects.filter(who, meeting__room=room).exists()


def locked_room(code: str) -> Room:
    """The open room with this code, its row locked until commit: who changes a meeting comes here first."""
    room = _one(Room.objects.select_for_update().open().filter(code=normalise(code)))
    if room is None:
        raise not_found()
    return room


def active_meeting(room: Room) -> Meeting | None:
    return _one(Meeting.objects.active().filter(room=room))


def participant_of(meeting: Meeting, room: Room, visitor: Visitor) -> Participant | None:
    who = visitor.matching(room)
    if who is None:
        return None
    known = _one(Participant.objects.filter(who, meeting=meeting))
    if known is not None:
        known.user = visitor.user
    return known


def _one(rows: QuerySet[Row]) -> Row | None:
    """Like `first()` where there is at most one: no order and no joins, which cost more than the rest of the query."""
    return next(iter(rows.order_by()[:1]), None)


def admitted(participant_id: UUID) -> Participant:
    """An admitted participant of a running meeting, with its room locked; refused for anybody else."""
    Room.objects.select_for_update().filter(meetings__participants=participant_id).first()
    participant = (
        Participant.objects.admitted()
        .select_related("user", "connection", "meeting__room__settings")
        .filter(pk=participant_id, meeting__state=MeetingState.ACTIVE)
        .first()
    )
    if participant is None:
        raise not_joined()
    return participant


def inside(participant_id: UUID) -> Participant:
    """An admitted participant of a running meeting, for reading: locks nothing."""
    participant = (
        Participant.objects.admitted()
        .select_related("meeting__room__settings")
        .filter(pk=participant_id, meeting__state=MeetingState.ACTIVE)
        .first()
    )
    if participant is None:
        raise not_joined()
    return participant


def hosting(participant_id: UUID) -> Participant:
    participant = admitted(participant_id)
    if not participant.is_hosting:
        raise not_hosting()
    return participant


def other(actor: Participant, participant_id: UUID) -> Participant:
    """Somebody admitted to the actor's meeting."""
    found = (
        Participant.objects.admitted()
        .select_related("user", "connection")
        .filter(pk=participant_id, meeting_id=actor.meeting_id)
        .first()
    )
    if found is None:
        raise Refused("participant.not-found", _("This person is not in the meeting."))
    found.meeting = actor.meeting
    return found


def refuse_if_host(person: Participant) -> None:
    """Nobody takes anything from the host, nor from the owner of the room, who can always be the host again."""
    if person.role == Role.HOST or person.owns_room:
        raise is_host()


def meetings_of(user: User) -> MeetingQuerySet:
    """What this person hosted or attended, for a list, newest first."""
    return _listed(Meeting.objects.hosted_or_attended_by(user))


def meetings_in(room: Room) -> MeetingQuerySet:
    return _listed(Meeting.objects.filter(room=room))


def _listed(meetings: MeetingQuerySet) -> MeetingQuerySet:
    return meetings.begun().with_attendance().select_related("room").order_by("-started_at", "-pk")


def meeting_for_record(meeting_id: UUID, user: User) -> Meeting:
    """A meeting that has begun, whose record this person may read: its host, or who was admitted; else 404."""
    meeting = Meeting.objects.begun().select_related("room__host").filter(pk=meeting_id).first()
    if meeting is None or not (_hosts(meeting, user) or _was_admitted(meeting, user)):
        raise Http404
    return meeting


def has_hosted(meeting: Meeting, user: User) -> bool:
    """The host of the room, and who was host or co-host of this meeting."""
    was_host = Participant.objects.filter(meeting=meeting, user=user, role__in=HOSTING)
    return _hosts(meeting, user) or was_host.exists()


def _hosts(meeting: Meeting, user: User) -> bool:
    return meeting.room is not None and meeting.room.host_id == user.pk


def _was_admitted(meeting: Meeting, user: User) -> bool:
    return Participant.objects.filter(meeting=meeting, user=user, stays__isnull=False).exists()
