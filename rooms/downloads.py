"""The record of a meeting as a file: JSON for programs, CSV for spreadsheets."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.text import slugify

from audit import spreadsheets
from rooms.models import Meeting
from rooms.moderation import Deed
from rooms.record import Person, RaisedHand, Stay
from rooms.report import Report

COLUMNS = ("kind", "name", "role", "from", "until", "seconds", "content", "to")


def filename(meeting: Meeting, ending: str) -> str:
    began = meeting.started_at or meeting.created_at
    return f"{slugify(meeting.name) or 'meeting'}-{timezone.localtime(began):%Y-%m-%d-%H%M}.{ending}"


def as_json(report: Report) -> dict[str, Any]:
    """`moderation` is there for hosts only."""
    moderation = {} if report.deeds is None else {"moderation": [_deed(deed) for deed in report.deeds]}
    return {
        **report.sections,
        "meeting": _meeting(report),
        "totals": {figure.name: _number(figure.value) for figure in report.figures},
        "people": [_person(person) for person in report.people],
        "hands": [_hand(hand) for hand in report.hands],
        **moderation,
    }


def _meeting(report: Report) -> dict[str, Any]:
    meeting = report.meeting
    return {
        "id": meeting.pk,
        "name": meeting.name,
        "state": meeting.state,
        "started_at": meeting.started_at,
        "ended_at": meeting.ended_at,
        "ended_reason": meeting.ended_reason,
        "seconds": _seconds(meeting.duration),
        "kept_until": report.kept_until,
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


def _hand(hand: RaisedHand) -> dict[str, Any]:
    return {
        "name": hand.name,
        "raised_at": hand.raised_at,
        "lowered_at": hand.lowered_at,
        "seconds": _seconds(hand.duration),
    }


def _deed(deed: Deed) -> dict[str, Any]:
    return {"at": deed.at, "action": deed.action, "who": deed.who, "whom": deed.whom, "text": deed.text}


def as_csv(report: Report) -> str:
    return spreadsheets.as_csv(COLUMNS, _rows(report))


def _rows(report: Report) -> Iterator[tuple[Any, ...]]:
    """One table for all: the meeting, every stay of everybody, every hand, the rows of each section, what hosts did."""
    met = report.meeting
    yield ("meeting", met.name, "", met.started_at, met.ended_at, met.duration, met.ended_reason, "")
    for person in report.people:
        for stay in person.stays:
            yield ("stay", person.name, person.role, stay.joined_at, stay.left_at, stay.duration, "", "")
    for hand in report.hands:
        yield ("hand", hand.name, "", hand.raised_at, hand.lowered_at, hand.duration, "", "")
    for kind, rows in report.sections.items():
        for row in rows:
            yield (kind, row.get("author"), "", row.get("at"), "", "", row.get("content"), row.get("to"))
    for deed in report.deeds or ():
        yield ("moderation", deed.who, "", deed.at, "", "", deed.text, deed.whom)


def _number(value: int | timedelta) -> int:
    return _seconds(value) if isinstance(value, timedelta) else value


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())
