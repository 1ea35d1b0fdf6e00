"""One space on one day, cut into stretches by the clock of that space: what a time line is drawn of.

Minutes are those of the day's clock. On the two days of the year when clocks change they are not the time that passes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from bookings.spaces.diary import Entry
from bookings.spaces.models import DAY

STEP = 5  # minutes of one column
CELL = 30  # minutes of a free cell


@dataclass(frozen=True, slots=True)
class Stretch:
    """`kind`: free, over, closed, buffer or booked; only the last has an `entry`. `end` may be `DAY`."""

    kind: str
    begin: int
    end: int
    entry: Entry | None = None
    when: str = ""

    @property
    def columns(self) -> int:
        return (self.end - self.begin) // STEP

    @property
    def starts(self) -> str:
        return clock(self.begin)


@dataclass(frozen=True, slots=True)
class Frame:
    """A day of a space as it is drawn. `opens` to `closes`: when it can be booked; the same where it is closed."""

    zone: ZoneInfo
    day: date
    opens: int = 0
    closes: int = DAY
    now: datetime | None = None

    def minute(self, moment: datetime) -> float:
        """Of this day's clock; below 0 on days before, from `DAY` on on days after."""
        wall = moment.astimezone(self.zone).replace(tzinfo=None)
        return (wall - datetime.combine(self.day, time())).total_seconds() / 60

    @property
    def over_until(self) -> int:
        """What a whole cell lies before can't be booked any more."""
        return 0 if self.now is None else _floor(self.minute(self.now), CELL)


def clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def stretches(frame: Frame, entries: Iterable[Entry], first: int, last: int) -> list[Stretch]:
    """`[first, last)` without a gap; both are whole columns."""
    found: list[Stretch] = []
    reached = first
    for part in _booked(frame, entries, first, last):
        found += _between(frame, reached, part.begin)
        found.append(part)
        reached = part.end
    return found + _between(frame, reached, last)


def cells(track: Iterable[Stretch]) -> Iterator[Stretch]:
    """The same with free time in pieces that somebody may point at."""
    for stretch in track:
        edges = [stretch.begin, stretch.end]
        if stretch.kind == "free":
            edges[1:1] = range(_floor(stretch.begin, CELL) + CELL, stretch.end, CELL)
        for begin, end in zip(edges, edges[1:], strict=False):
            yield replace(stretch, begin=begin, end=end)


def _booked(frame: Frame, entries: Iterable[Entry], first: int, last: int) -> Iterator[Stretch]:
    """Bookings and their buffers. Of several within one column each still gets one."""
    reached = first
    for entry in entries:
        kept = max(reached, _floor(frame.minute(entry.blocked_from), STEP))
        begin = max(kept, _floor(frame.minute(entry.starts_at), STEP))
        least = STEP if frame.minute(entry.ends_at) > first else 0
        end = max(begin + least, _ceil(frame.minute(entry.ends_at)))
        until = max(end, _ceil(frame.minute(entry.blocked_until)))
        for kind, since, to in (("buffer", kept, begin), ("booked", begin, end), ("buffer", end, until)):
            since, to = max(since, first), min(to, last)
            if since < to:
                yield Stretch(kind, since, to, *((entry, entry.when(frame.zone)) if kind == "booked" else ()))
                reached = to


def _between(frame: Frame, begin: int, end: int) -> list[Stretch]:
    edges = {begin, end, *(edge for edge in (frame.opens, frame.closes, frame.over_until) if begin < edge < end)}
    found: list[Stretch] = []
    for since, to in zip(ordered := sorted(edges), ordered[1:], strict=False):
        kind = _kind(frame, since)
        if found and found[-1].kind == kind:
            since = found.pop().begin
        found.append(Stretch(kind, since, to, when=f"{clock(since)}–{clock(to)}"))
    return found


def _kind(frame: Frame, minute: int) -> str:
    if not frame.opens <= minute < frame.closes:
        return "closed"
    return "over" if minute < frame.over_until else "free"


def _floor(minutes: float, step: int) -> int:
    return int(minutes // step) * step


def _ceil(minutes: float) -> int:
    return -_floor(-minutes, STEP)
