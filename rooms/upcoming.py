"""What somebody comes to next: by schedules, and by meetings that are planned as rows in their rooms."""

from dataclasses import dataclass

from django.utils import timezone

from accounts.models import User
from rooms.models import Meeting, MeetingState, Room
from rooms.schedules import access
from rooms.schedules.access import LISTED
from rooms.schedules.models import Schedule
from rooms.schedules.times import Span


@dataclass(frozen=True, slots=True)
class Upcoming:
    """`schedule`: which made it, where one did."""

    title: str
    room: Room
    span: Span
    schedule: Schedule | None = None


def upcoming_for(user: User) -> list[Upcoming]:
    """The next ones in order of time: organized, or invited to, or to be hosted by this person."""
    found = [*_of_schedules(user), *_planned(user)]
    return sorted(found, key=lambda one: (one.span, one.title))[:LISTED]


def _of_schedules(user: User) -> list[Upcoming]:
    return [
        Upcoming(one.schedule.title, one.schedule.room, one.span, one.schedule) for one in access.upcoming_for(user)
    ]


def _planned(user: User) -> list[Upcoming]:
    mine = Meeting.objects.filter(state=MeetingState.SCHEDULED, room__host=user, scheduled_ends_at__gt=timezone.now())
    return [
        Upcoming(meeting.name, meeting.room, Span(meeting.scheduled_starts_at, meeting.scheduled_ends_at))
        for meeting in mine.select_related("room").order_by("scheduled_starts_at")[:LISTED]
        if meeting.room and meeting.scheduled_starts_at and meeting.scheduled_ends_at
    ]
