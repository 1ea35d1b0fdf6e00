"""Meetings to come that are rows of their own, in a room made for them or on another platform."""

import logging
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.actions import Action
from audit.services import record
from organizations.models import Organization
from realtime.refusals import Refused
from rooms.models import EndedReason, Meeting, MeetingState, Room
from rooms.services import meetings, rooms

logger = logging.getLogger(__name__)

well_formed_url = URLValidator(schemes=["http", "https"])


@transaction.atomic
def plan_meeting(
    *,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    host: User,
    organization: Organization | None,
    external_url: str = "",
    room: Room | None = None,
) -> Meeting:
    """In `room`, or without one and without `external_url`, in a new one of the host, which opens at that time only."""
    if external_url:
        _check(external_url)
    elif room is None:
        only_then = {"only_when_scheduled": True}
        room = rooms.create_room(host=host, name=title, organization=organization, settings=only_then)
        Room.objects.filter(pk=room.pk).update(is_listed=False)
    meeting = Meeting.objects.create(
        room=room,
        title=title,
        external_url=external_url,
        state=MeetingState.SCHEDULED,
        scheduled_starts_at=starts_at,
        scheduled_ends_at=ends_at,
    )
    times = {"starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat()}
    belongs_to = organization.pk if organization else None
    record(action=Action.MEETING_PLANNED, entity=meeting, actor=host, organization=belongs_to, title=title, **times)
    return meeting


def _check(url: str) -> None:
    try:
        well_formed_url(url)
        Meeting._meta.get_field("external_url").run_validators(url)
    except ValidationError as wrong:
        text = _("Type the whole address of the meeting, with http:// or https:// in front.")
        raise Refused("meeting.address-malformed", text) from wrong


@transaction.atomic
def move_meeting(*, meeting: Meeting, actor: User | None, title: str, starts_at: datetime, ends_at: datetime) -> None:
    """To another time or under another name, also while it runs; the room that was made for it takes the name too."""
    meeting = _locked(meeting)
    if meeting.ended_reason == EndedReason.CANCELLED or (title, starts_at, ends_at) == _plan(meeting):
        return
    if meeting.room is not None and actor is not None and title != meeting.room.name and _gave_its_name(meeting):
        rooms.change_room(room=meeting.room, actor=actor, name=title, settings={})
    times = {"scheduled_starts_at": starts_at, "scheduled_ends_at": ends_at}
    _at_its_time(meeting).update(title=title, **times)
    changes = {"title": title, "starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat()}
    record(action=Action.MEETING_MOVED, entity=meeting, actor=actor, organization=_organization(meeting), **changes)


@transaction.atomic
def call_off_meeting(*, meeting: Meeting, actor: User | None) -> None:
    """It will not be held. One that runs goes on until its people leave, but its time lets nobody in any more."""
    meeting = _locked(meeting)
    if meeting.state == MeetingState.SCHEDULED:
        meetings.call_off(meeting=meeting, actor=actor)
    elif meeting.scheduled_starts_at is not None:
        _at_its_time(meeting).update(scheduled_starts_at=None, scheduled_ends_at=None)
        record(action=Action.MEETING_CALLED_OFF, entity=meeting, actor=actor, organization=_organization(meeting))


def end_over() -> None:
    """What was planned and never begun is over with its time. One that fails keeps no other from it."""
    for meeting in Meeting.objects.filter(state=MeetingState.SCHEDULED, scheduled_ends_at__lte=timezone.now()):
        try:
            meetings.end_if_not_held(meeting=meeting)
        except Exception:
            logger.exception("Meeting %s could not be ended; trying again.", meeting.pk)


def _locked(meeting: Meeting) -> Meeting:
    """As it is now; its room, if it has one, is locked first, like for everything that people in it see."""
    Room.objects.select_for_update().filter(meetings=meeting).first()
    return Meeting.objects.select_related("room__settings").get(pk=meeting.pk)


def _plan(meeting: Meeting) -> tuple[str, datetime | None, datetime | None]:
    return meeting.title, meeting.scheduled_starts_at, meeting.scheduled_ends_at


def _gave_its_name(meeting: Meeting) -> bool:
    """To its room, and no other meeting that is still to come there has it too."""
    namesakes = Meeting.objects.filter(room=meeting.room, title=meeting.title, state=MeetingState.SCHEDULED)
    room = meeting.room
    return room is not None and room.name == meeting.title and not namesakes.exclude(pk=meeting.pk).exists()


def _at_its_time(meeting: Meeting) -> QuerySet[Meeting]:
    """It, and those that were begun anew in the same planned time after it had ended."""
    times = {"scheduled_starts_at": meeting.scheduled_starts_at, "scheduled_ends_at": meeting.scheduled_ends_at}
    again = Meeting.objects.filter(room__isnull=False, room=meeting.room, **times)
    return again | Meeting.objects.filter(pk=meeting.pk)


def _organization(meeting: Meeting) -> UUID | None:
    return meeting.room.organization_id if meeting.room else None
