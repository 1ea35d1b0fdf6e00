"""The pictures of a meeting: how many were there, and a bar for every stay. Only geometry; the templates draw it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from rooms.models import Meeting
from rooms.record import Person, RaisedHand, Stay
from rooms.totals import Step, most, steps

AXIS, ROW = 28, 44  # pixels
NARROWEST = 0.6  # per cent: a stay of a second can still be seen
QUARTERS_FROM = timedelta(minutes=8)  # shorter meetings would repeat a minute on their axis


@dataclass(frozen=True, slots=True)
class Bar:
    stay: Stay
    x: str
    width: str


@dataclass(frozen=True, slots=True)
class Mark:
    hand: RaisedHand
    x: str


@dataclass(frozen=True, slots=True)
class Line:
    person: Person
    top: int
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    at: datetime
    x: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Presence:
    """`area` fills a box of 1000 by 100, as high as `fullest`, when most were there."""

    area: str
    fullest: Step
    ticks: tuple[Tick, ...]


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

    def mark(self, hand: RaisedHand) -> Mark:
        return Mark(hand, f"{self.share(hand.raised_at):.2f}%")

    def ticks(self) -> tuple[Tick, ...]:
        steps = 4 if self.length >= QUARTERS_FROM else 1
        anchors = {0: "start", steps: "end"}
        return tuple(
            Tick(self.start + self.length * step / steps, f"{100 * step / steps:.2f}%", anchors.get(step, "middle"))
            for step in range(steps + 1)
        )


def timeline(meeting: Meeting, people: Sequence[Person]) -> Timeline:
    axis = _axis_of(meeting)
    lines = (_line(axis, person, AXIS + ROW * place) for place, person in enumerate(people))
    return Timeline(AXIS + ROW * len(people), axis.ticks(), tuple(lines))


def presence(meeting: Meeting, people: Sequence[Person]) -> Presence | None:
    """None where nobody was there long enough to be seen."""
    axis, found = _axis_of(meeting), steps(people)
    fullest = most(found)
    if fullest is None:
        return None
    corners = (f"H{axis.share(step.at) * 10:.1f} V{100 - step.count / fullest.count * 100:.1f}" for step in found)
    return Presence(f"M0 100 {' '.join(corners)} V100 Z", fullest, axis.ticks())


def _axis_of(meeting: Meeting) -> _Axis:
    return _Axis(meeting.started_at or meeting.created_at, meeting.ended_at or timezone.now())


def _line(axis: _Axis, person: Person, top: int) -> Line:
    bars = tuple(axis.bar(stay) for stay in person.stays)
    return Line(person, top, bars, tuple(axis.mark(hand) for hand in person.hands))
