"""A meeting's life: begun by the first who is admitted, ended by a host or when it stayed empty."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from audit.actions import Action
from audit.services import record
from realtime import topics
from realtime.broadcast import close_sockets
from realtime.refusals import Close
from rooms.events import tell, tell_meeting
from rooms.models import (
    HOSTING,
    HOSTLESS_FOR,
    Attendance,
    Connection,
    EndedReason,
    Meeting,
    MeetingState,
    Participant,
    ParticipantState,
    Room,
    RoomSettings,
    WithoutHost,
)
from rooms.opening import EARLY, planned_for
from rooms.schedules.services import occurrence_in
from rooms.services.hands import take_down
from rooms.signals import participant_left

EMPTY_FOR = timedelta(minutes=5)
PLANNED = ("title", "scheduled_starts_at", "scheduled_ends_at")


def begin(*, room: Room) -> Meeting:
    """For the first admission; the caller holds the room's lock."""
    now = timezone.now()
    meeting = _take_up(room, now) or Meeting(room=room, **_plan_for(room, now))
    meeting.state, meeting.started_at = MeetingState.ACTIVE, now
    meeting.save()
    record(action=Action.MEETING_STARTED, entity=meeting, room=str(room.pk))
    return meeting


def _take_up(room: Room, now: datetime) -> Meeting | None:
    """The planned meeting whose time it is, unless it has begun before."""
    planned = planned_for(room, now)
    return planned if planned is not None and planned.state == MeetingState.SCHEDULED else None


def _plan_for(room: Room, now: datetime) -> dict[str, Any]:
    """Title and times of what the room is planned for now: by a schedule, or a meeting that ended before its time."""
    occurrence = occurrence_in(room, now, early=EARLY)
    if occurrence is not None:
        schedule, span = occurrence
        times = {"scheduled_starts_at": span.starts_at, "scheduled_ends_at": span.ends_at}
        return {"title": schedule.title, **times}
    before = planned_for(room, now)
    return {field: getattr(before, field) for field in PLANNED} if before else {}


def call_off(*, meeting: Meeting, actor: User | None) -> None:
    """One that has not begun. The caller holds the room's lock."""
    if _end_unheld(meeting, EndedReason.CANCELLED):
        organization = meeting.room.organization_id if meeting.room else None
        record(action=Action.MEETING_CALLED_OFF, entity=meeting, actor=actor, organization=organization)


@transaction.atomic
def end_if_not_held(*, meeting: Meeting) -> None:
    """Its time passed before it began. What happens on another platform nobody here knows."""
    Room.objects.select_for_update().filter(meetings=meeting).first()
    reason = "" if meeting.external_url else EndedReason.NOT_HELD
    if _end_unheld(meeting, reason, scheduled_ends_at__lte=timezone.now()):
        record(action=Action.MEETING_ENDED, entity=meeting, reason=reason)


def _end_unheld(meeting: Meeting, reason: str, **if_still: Any) -> int:
    waiting = Meeting.objects.filter(pk=meeting.pk, state=MeetingState.SCHEDULED, **if_still)
    return waiting.update(state=MeetingState.ENDED, ended_at=timezone.now(), ended_reason=reason)


@transaction.atomic
def end(*, meeting: Meeting, reason: EndedReason, actor: User | None = None, ended_at: datetime | None = None) -> None:
    """Ends it for everybody: seats are left, sockets are closed. The caller holds the room's lock."""
    now = ended_at or timezone.now()
    if (
        not Meeting.objects.active()
        .filter(pk=meeting.pk)
        .update(state=MeetingState.ENDED, ended_at=now, ended_reason=reason, empty_since=None)
    ):
        return
    people = Participant.objects.filter(meeting=meeting)
    Attendance.objects.filter(participant__in=people, left_at__isnull=True).update(left_at=now)
    Connection.objects.filter(participant__in=people).delete()
    people.waiting().update(state=ParticipantState.LEFT)
    take_down(people, at=now)
    people.admitted().update(state=ParticipantState.LEFT, screen_on=False, in_spotlight=False)
    record(action=Action.MEETING_ENDED, entity=meeting, actor=actor, reason=reason)
    tell(meeting, "meeting.ended", reason=reason)
    close_sockets(topics.inside(meeting.pk), Close.MEETING_ENDED)
    close_sockets(topics.waiting(meeting.pk), Close.MEETING_ENDED)


@transaction.atomic
def end_if_still_empty(*, meeting: Meeting) -> None:
    """It ended so long after the last person, however late this comes to be noticed."""
    Room.objects.select_for_update().filter(meetings=meeting).first()
    empty = Meeting.objects.empty_since(timezone.now() - EMPTY_FOR).filter(pk=meeting.pk).first()
    if empty is not None:
        last = Attendance.objects.filter(participant__meeting=empty).aggregate(at=Max("left_at"))["at"]
        end(meeting=empty, reason=EndedReason.EMPTY, ended_at=last + EMPTY_FOR if last else None)


@transaction.atomic
def end_if_still_hostless(*, meeting: Meeting) -> None:
    """However late this comes to be noticed, it ended when its time without a host was over."""
    Room.objects.select_for_update().filter(meetings=meeting).first()
    hostless = Meeting.objects.hostless_since(timezone.now() - HOSTLESS_FOR).filter(pk=meeting.pk).first()
    if hostless is not None and hostless.hostless_since is not None:
        left = hostless.participants.admitted().exists()
        reason = EndedReason.NO_HOST if left else EndedReason.EMPTY
        end(meeting=hostless, reason=reason, ended_at=hostless.hostless_since + HOSTLESS_FOR)


def watch_hosts(meeting: Meeting, settings: RoomSettings) -> None:
    """Starts or stops the clock of a meeting that its hosts have left. The caller holds the room's lock."""
    hosts = Participant.objects.filter(meeting=meeting, role__in=HOSTING)
    hostless = settings.without_host == WithoutHost.END and hosts.attended().exists() and not hosts.admitted().exists()
    if hostless == (meeting.hostless_since is not None):
        return
    meeting.hostless_since = timezone.now() if hostless else None
    Meeting.objects.filter(pk=meeting.pk).update(hostless_since=meeting.hostless_since)
    tell_meeting(meeting)


@transaction.atomic
def end_by_administrator(*, meeting: Meeting, actor: User) -> None:
    Room.objects.select_for_update().filter(meetings=meeting).first()
    running = Meeting.objects.active().filter(pk=meeting.pk).first()
    if running is not None:
        end(meeting=running, reason=EndedReason.ADMINISTRATOR, actor=actor)


def leave(*, participant: Participant, reason: str, state: ParticipantState = ParticipantState.LEFT) -> None:
    """Takes an admitted person out. The caller holds the room's lock."""
    meeting = participant.meeting
    participant.state = state
    left_at = _last_seen(participant)
    Participant.objects.filter(pk=participant.pk).update(state=state, screen_on=False, in_spotlight=False)
    take_down(Participant.objects.filter(pk=participant.pk), at=left_at)
    Attendance.objects.filter(participant=participant, left_at__isnull=True).update(left_at=left_at)
    _close_connection(participant, reason)
    if not meeting.participants.admitted().exists():
        Meeting.objects.filter(pk=meeting.pk).update(empty_since=timezone.now())
    tell(meeting, "participant.left", participant=participant.pk, reason=reason, soon=True)
    if participant.is_hosting:
        watch_hosts(meeting, RoomSettings.objects.get(room=meeting.room_id))
    participant_left.send(Participant, participant=participant)


def _close_connection(participant: Participant, reason: str) -> None:
    """Ends the call's socket, which may still be open; one that was only not renewed in time may come back at once."""
    connection = Connection.objects.filter(participant=participant).first()
    if connection is None:
        return
    if reason != "removed":  # who removes closes every socket of that person, by another code
        code = {"lost": Close.EXPIRED, "sent-back": Close.SENT_BACK}.get(reason, Close.LEFT)
        close_sockets(topics.meeting(participant.meeting_id), code, to={"connection": str(connection.token)})
    connection.delete()


def _last_seen(participant: Participant) -> datetime:
    """Now, or for somebody who was lost, when their connection ran out: a stopped server counts for nobody."""
    lost = Connection.objects.expired().filter(participant=participant).first()
    return lost.expires_at if lost else timezone.now()
