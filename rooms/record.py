"""The record of a meeting: who was there and when, and what the apps above add to it, each under a name of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from rooms.models import Attendance, Meeting, Participant

Rows = list[dict[str, Any]]
Provider = Callable[[Meeting], Rows]

_providers: dict[str, Provider] = {}


def register(name: str, provider: Provider) -> None:
    """Adds a section, e.g. "chat", to every record. Rows hold strings, numbers, booleans and datetimes."""
    _providers[name] = provider


def sections(meeting: Meeting) -> dict[str, Rows]:
    return {name: provider(meeting) for name, provider in _providers.items()}


@dataclass(frozen=True, slots=True)
class Stay:
    """One time in the meeting; `left_at` is None while it lasts, and `until` is now."""

    joined_at: datetime
    left_at: datetime | None
    until: datetime

    @property
    def duration(self) -> timedelta:
        return max(self.until - self.joined_at, timedelta())


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who was let in, with every stay."""

    name: str
    role: str
    role_label: str
    has_account: bool
    stays: tuple[Stay, ...]

    @property
    def duration(self) -> timedelta:
        return sum((stay.duration for stay in self.stays), timedelta())

    @property
    def is_inside(self) -> bool:
        return any(stay.left_at is None for stay in self.stays)


def people(meeting: Meeting) -> list[Person]:
    """In the order in which they first came. Who only waited at the door is not among them."""
    now = timezone.now()
    were_in = Participant.objects.attended().filter(meeting=meeting)
    found = [_person(one, now) for one in were_in.select_related("user").prefetch_related("stays")]
    return sorted(found, key=lambda person: person.stays[0].joined_at)


def _person(participant: Participant, now: datetime) -> Person:
    return Person(
        name=participant.name,
        role=participant.role,
        role_label=participant.get_role_display(),
        has_account=participant.user is not None,
        stays=tuple(_stay(stay, now) for stay in participant.stays.all()),
    )


def _stay(stay: Attendance, now: datetime) -> Stay:
    return Stay(joined_at=stay.joined_at, left_at=stay.left_at, until=stay.left_at or now)
