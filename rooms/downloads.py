"""The record of a meeting as a file: JSON for programs, CSV for spreadsheets."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.text import slugify

from audit import spreadsheets
from rooms.models import Meeting
from rooms.record import Person, Stay, people, sections

COLUMNS = ("kind", "name", "role", "from", "until", "seconds", "content")


def filename(meeting: Meeting, ending: str) -> str:
    began = meeting.started_at or meeting.created_at
    return f"{slugify(meeting.name) or 'meeting'}-{timezone.localtime(began):%Y-%m-%d-%H%M}.{ending}"


def as_json(meeting: Meeting) -> dict[str, Any]:
    return {
        **sections(meeting),
        "meeting": {
            "id": meeting.pk,
            "name": meeting.name,
            "state": meeting.state,
            "started_at": meeting.started_at,
            "ended_at": meeting.ended_at,
            "ended_reason": meeting.ended_reason,
            "seconds": _seconds(meeting.duration),
        },
        "people": [_person(person) for person in people(meeting)],
    }


def _person(person: Person) -> dict[str, Any]:
    return {
        "name": person.name,
        "role": person.role,
        "account": person.has_account,
        "seconds": _seconds(person.duration),
        "stays": [_stay(stay) for stay in person.stays],
    }


def _stay(stay: Stay) -> dict[str, Any]:
    return {"joined_at": stay.joined_at, "left_at": stay.left_at, "seconds": _seconds(stay.duration)}


def as_csv(meeting: Meeting) -> str:
    return spreadsheets.as_csv(COLUMNS, _rows(meeting))


def _rows(meeting: Meeting) -> Iterator[tuple[Any, ...]]:
    """One table for all: the meeting, every stay of everybody, then the rows of each section."""
    yield ("meeting", meeting.name, "", meeting.started_at, meeting.ended_at, meeting.duration, meeting.ended_reason)
    for person in people(meeting):
        for stay in person.stays:
            yield ("stay", person.name, person.role, stay.joined_at, stay.left_at, stay.duration, "")
    for kind, rows in sections(meeting).items():
        for row in rows:
            yield (kind, row.get("author"), "", row.get("at"), "", "", row.get("content"))


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())
