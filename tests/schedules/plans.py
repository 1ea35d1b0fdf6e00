"""What people plan, and what a browser sends for it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from rooms.models import Room
from rooms.schedules.models import Schedule
from rooms.schedules.services import Plan, create_schedule

YEAR = timezone.now().year + 1  # a fixed date would be over one day


def at(month: int, day: int, hour: int = 9, minute: int = 0, *, year: int = YEAR) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def soon(**time: int) -> datetime:
    return timezone.now().replace(second=0, microsecond=0) + timedelta(**time)


def plan(starts_at: datetime | None = None, *, minutes: int = 60, **changes) -> Plan:
    starts_at = starts_at or soon(days=1)
    ends_at = starts_at + timedelta(minutes=minutes)
    return replace(Plan(title="Review", starts_at=starts_at, ends_at=ends_at, time_zone="Europe/Berlin"), **changes)


def scheduled(room: Room, starts_at: datetime | None = None, **changes) -> Schedule:
    assert room.host is not None
    return create_schedule(room=room, organizer=room.host, plan=plan(starts_at, **changes))


def form(**changes) -> dict[str, object]:
    values = {
        "title": "Review",
        "starts": f"{YEAR}-05-04T09:00",
        "ends": f"{YEAR}-05-04T10:00",
        "repeat": "",
        "until": "",
        "count": "",
        "invitees": "",
        "note": "",
        "reminder": "0",
    }
    return values | changes


def last_sunday(month: int) -> datetime:
    """When clocks in Europe change in March and October."""
    day = datetime(YEAR, month, 31)
    return day - timedelta(days=(day.weekday() + 1) % 7)
