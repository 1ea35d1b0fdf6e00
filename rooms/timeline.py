"""The picture of a meeting: a bar for every stay on one axis of time. Only geometry; the template draws it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from rooms.models import Meeting
from rooms.record import Person, Stay

AXIS, ROW = 28, 44  # pixels
NARROWEST = 0.6  # per cent: a stay of a second can still be seen
QUARTERS_FROM = timedelta(minutes=8)  # shorter meetings would repeat a minute on their axis


@dataclass(frozen=True, slots=True)
class Bar:
    stay: Stay
    x: str
    width: str


@dataclass(frozen=True, slots=True)
class Line:
    person: Person
    top: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    at: datetime
    x: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Timeline:
    height: int
    ticks: tuple[Tick, ...]
    lines: tuple[Line, ...]


class _Axis:
    def __init__(self, start: datetime, end: datetime) -> None:
        self.start = start
        self.length = max(end - start, timedelta(seconds=1))

    def share(self, at: datetime) -> float:
        return min(max((at - self.start) / self.length, 0), 1) * 100

    def bar(self, stay: Stay) -> Bar:
        width = max(self.share(stay.until) - self.share(stay.joined_at), NARROWEST)
        x = min(self.share(stay.joined_at), 100 - width)
        return Bar(stay, f"{x:.2f}%", f"{width:.2f}%")

    def ticks(self) -> tuple[Tick, ...]:
        steps = 4 if self.length >= QUARTERS_FROM else 1
        anchors = {0: "start", steps: "end"}
        return tuple(
            Tick(self.start + self.length * step / steps, f"{100 * step / steps:.2f}%", anchors.get(step, "middle"))
            for step in range(steps + 1)
        )


def timeline(meeting: Meeting, people: Sequence[Person]) -> Timeline:
    axis = _Axis(meeting.started_at or meeting.created_at, meeting.ended_at or timezone.now())
    lines = (
        Line(person, AXIS + ROW * place, tuple(axis.bar(stay) for stay in person.stays))
        for place, person in enumerate(people)
    )
    return Timeline(AXIS + ROW * len(people), axis.ticks(), tuple(lines))
