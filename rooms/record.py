"""The record of a meeting: who was there and when, and what the apps above add to it, each under a name of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.utils import timezone

from accounts.models import User
from rooms.models import Attendance, Hand, Meeting, Participant

Rows = list[dict[str, Any]]
Provider = Callable[[Meeting, User | None], Rows]


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the numbers at the head of a record; `name` is its key in JSON, where times are seconds."""

    name: str
    label: str
    value: int | timedelta

    @property
    def is_time(self) -> bool:
        return isinstance(self.value, timedelta)


Counter = Callable[[Rows], list[Figure]]


class Section(NamedTuple):
    provider: Provider
    counter: Counter | None


_sections: dict[str, Section] = {}


def register(name: str, provider: Provider, *, counter: Counter | None = None) -> None:
    """Adds a section, e.g. "chat", to every record; templates/rooms/record/<name>.html shows its `rows`.

    Rows hold strings, numbers, booleans and datetimes. CSV has their `author`, `at`, `content` and `to`; one with a
    `file`, an address, is a file called `content`, of this `size`.
    """
    _sections[name] = Section(provider, counter)


def sections(meeting: Meeting, reader: User | None = None) -> dict[str, Rows]:
    """As this person may read them; without one, what everybody may."""
    return {name: section.provider(meeting, reader) for name, section in _sections.items()}


def counted(found: dict[str, Rows]) -> list[Figure]:
    """What the sections count of themselves."""
    return [figure for name, rows in found.items() if (count := _sections[name].counter) for figure in count(rows)]


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
class RaisedHand:
    """One raising of a hand; `lowered_at` is None while it is up, and `until` is now."""

    name: str
    raised_at: datetime
    lowered_at: datetime | None
    until: datetime

    @property
    def duration(self) -> timedelta:
        return max(self.until - self.raised_at, timedelta())


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who was let in, with every stay."""

    name: str
    role: str
    role_label: str
    has_account: bool
    stays: tuple[Stay, ...]
    hands: tuple[RaisedHand, ...]

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
    found = [_person(one, now) for one in were_in.select_related("user").prefetch_related("stays", "hands")]
    return sorted(found, key=lambda person: person.stays[0].joined_at)


def _person(participant: Participant, now: datetime) -> Person:
    return Person(
        name=participant.name,
        role=participant.role,
        role_label=participant.get_role_display(),
        has_account=participant.user is not None,
        stays=tuple(_stay(stay, now) for stay in participant.stays.all()),
        hands=tuple(_raised(hand, participant.name, now) for hand in participant.hands.all()),
    )


def _stay(stay: Attendance, now: datetime) -> Stay:
    return Stay(joined_at=stay.joined_at, left_at=stay.left_at, until=stay.left_at or now)


def _raised(hand: Hand, name: str, now: datetime) -> RaisedHand:
    return RaisedHand(name, raised_at=hand.raised_at, lowered_at=hand.lowered_at, until=hand.lowered_at or now)
