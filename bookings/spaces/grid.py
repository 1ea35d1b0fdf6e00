"""Spaces over a day or a week: what is drawn, for one reader, in a number of queries that does not grow."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format

from bookings.spaces import diary
from bookings.spaces.diary import Entry
from bookings.spaces.models import DAY, Space
from bookings.spaces.tracks import STEP, Frame, Stretch, cells, clock, stretches
from organizations.models import Membership
from rooms.schedules.times import is_plannable

HOUR = 60
SHOWN = (7 * HOUR, 20 * HOUR)  # at least
MIDNIGHT = time()


@dataclass(frozen=True, slots=True)
class Period:
    """One day, or the week of it from Monday on."""

    view: str
    day: date

    @classmethod
    def of(cls, asked: Any, default: str = "day") -> "Period":
        """Of a query; what is not understood is today."""
        view = asked.get("view", default)
        return cls(view if view in ("day", "week") else default, _date(asked.get("date", "")))

    @property
    def days(self) -> list[date]:
        if self.view == "day":
            return [self.day]
        monday = self.day - timedelta(days=self.day.weekday())
        return [monday + timedelta(days=one) for one in range(7)]

    @property
    def previous(self) -> date:
        return self.day - self._length

    @property
    def next(self) -> date:
        return self.day + self._length

    @property
    def _length(self) -> timedelta:
        return timedelta(days=1 if self.view == "day" else 7)


def _date(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return timezone.localdate()
    return found if is_plannable(found) else timezone.localdate()


def midnight(zone: ZoneInfo, day: date) -> datetime:
    return datetime.combine(day, MIDNIGHT, tzinfo=zone)


def opening(space: Space, day: date) -> tuple[int, int]:
    """In minutes; twice the same where it is closed. Reads `opening_hours`, which is to be prefetched."""
    hours = {one.weekday: (one.opens, one.closes) for one in space.opening_hours.all()}
    return hours.get(day.weekday(), (0, 0)) if hours else (0, DAY)


def may_book(space: Space, reader: Membership) -> bool:
    made_by = reader.organization.bookings_made_by
    return space.is_active and reader.may_make(made_by) and reader.may_make(space.booked_by)


def new_booking_path(slug: str) -> str:
    """Where a booking is begun: `space`, and `date`, or `starts` and `ends` as 2026-08-03T09:00 by its clock."""
    return f"/organizations/{slug}/bookings/new/"


@dataclass(frozen=True, slots=True)
class Row:
    """A space on a day, as a line of time."""

    space: Space
    day: date
    may_book: bool
    track: list[Stretch]

    @property
    def cells(self) -> Iterator[Stretch]:
        return cells(self.track)

    @property
    def listed(self) -> list[Stretch]:
        """What somebody reads who sees no line: buffers and what is over say nothing there."""
        return [one for one in self.track if one.kind not in ("buffer", "over")]


class DayGrid:
    """Lines of time under one scale: many spaces on a day, or a space on many days."""

    def __init__(self, pairs: Sequence[tuple[Space, date]], reader: Membership, *, whole: bool = False) -> None:
        self.is_whole = whole
        self._pairs, self._reader = pairs, reader
        self._diary = _read({space for space, _ in pairs}, {day for _, day in pairs}, reader)

    @cached_property
    def scale(self) -> tuple[int, int]:
        """The minutes that are drawn, whole hours: what is open or booked, and the usual day."""
        if self.is_whole:
            return 0, DAY
        edges = list(SHOWN)
        for space, day in self._pairs:
            hours = opening(space, day)
            edges += hours if hours not in ((0, 0), (0, DAY)) else ()
            frame = Frame(space.zone, day)
            for entry in _on(self._diary[space.pk], space.zone, day):
                edges += [int(frame.minute(entry.starts_at)), -int(-frame.minute(entry.ends_at) // 1)]
        return max(0, min(edges) // HOUR * HOUR), min(DAY, -(-max(edges) // HOUR) * HOUR)

    @property
    def columns(self) -> int:
        return (self.scale[1] - self.scale[0]) // STEP

    @property
    def hours(self) -> list[tuple[str, str]]:
        """Of the spaces' clock and, where it differs and they have but one, of the reader's."""
        return [(clock(minute), self._for_reader(minute)) for minute in range(*self.scale, HOUR)]

    def _for_reader(self, minute: int) -> str:
        zones, days = {space.time_zone for space, _ in self._pairs}, {day for _, day in self._pairs}
        if len(zones) != 1 or len(days) != 1:
            return ""
        moment = midnight(ZoneInfo(zones.pop()), days.pop()) + timedelta(minutes=minute)
        theirs = moment.astimezone(timezone.get_current_timezone())
        return "" if theirs.utcoffset() == moment.utcoffset() else f"{theirs:%H:%M}"

    @cached_property
    def rows(self) -> list[Row]:
        now = timezone.now()
        return [self._row(space, day, now) for space, day in self._pairs]

    def _row(self, space: Space, day: date, now: datetime) -> Row:
        frame = Frame(space.zone, day, *opening(space, day), now)
        entries = _on(self._diary[space.pk], space.zone, day)
        return Row(space, day, may_book(space, self._reader), stretches(frame, entries, *self.scale))


@dataclass(frozen=True, slots=True)
class Cell:
    """A space on a day, as a list."""

    day: date
    number: int
    is_closed: bool
    may_book: bool
    entries: list[tuple[Entry, str]]

    @property
    def label(self) -> str:
        return date_format(self.day, "l j F")


class WeekGrid:
    def __init__(self, spaces: Sequence[Space], days: list[date], reader: Membership) -> None:
        self.days = days
        self._spaces, self._reader = spaces, reader
        self._diary = _read(spaces, days, reader)

    @cached_property
    def rows(self) -> list[tuple[Space, list[Cell]]]:
        now = timezone.now()
        return [(space, list(self._cells(space, now))) for space in self._spaces]

    def _cells(self, space: Space, now: datetime) -> Iterator[Cell]:
        bookable, today = may_book(space, self._reader), now.astimezone(space.zone).date()
        for number, day in enumerate(self.days):
            opens, closes = opening(space, day)
            closed = opens == closes
            entries = [(one, one.when(space.zone)) for one in _on(self._diary[space.pk], space.zone, day)]
            yield Cell(day, number, closed, bookable and not closed and day >= today, entries)


def _read(spaces: Any, days: Any, reader: Membership) -> diary.Diary:
    """What is booked on any of these days, wherever on earth the spaces are."""
    zones = {space.zone for space in spaces}
    if not zones:
        return diary.read([], timezone.now(), timezone.now(), reader)
    begin = min(midnight(zone, min(days)) for zone in zones)
    end = max(midnight(zone, max(days) + timedelta(days=1)) for zone in zones)
    return diary.read(spaces, begin, end, reader)


def _on(entries: list[Entry], zone: ZoneInfo, day: date) -> list[Entry]:
    begin, end = midnight(zone, day), midnight(zone, day + timedelta(days=1))
    return [entry for entry in entries if entry.blocked_from < end and entry.blocked_until > begin]
