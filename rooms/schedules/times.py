"""Times of day in a zone, and the occurrences of a schedule.

Rows hold UTC. A series keeps its time of day when the clocks change, and its exact length (RFC 5545, 3.8.5.3).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rooms.schedules.models import Schedule

LONGEST_SERIES = timedelta(days=366)
MOST_OCCURRENCES = 367
REPEATS = {
    "DAILY": "FREQ=DAILY",
    "WEEKLY": "FREQ=WEEKLY",
    "BIWEEKLY": "FREQ=WEEKLY;INTERVAL=2",
    "MONTHLY": "FREQ=MONTHLY",
}


class NoSuchTime(ValueError):
    """The clocks go forward over this time of day."""


def in_zone(wall: datetime, zone: ZoneInfo, fold: int = 0) -> datetime:
    """The instant of a time of day; of one that comes twice the first, with `fold` the second."""
    instant = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None, fold=0) != wall:
        raise NoSuchTime
    return instant


def comes_twice(wall: datetime, zone: ZoneInfo) -> bool:
    return in_zone(wall, zone) != in_zone(wall, zone, fold=1)


def rule(repeat: str, starts_at: datetime, zone: ZoneInfo, *, until: date | None, count: int | None) -> str:
    """The text of a simple recurrence, up to and with the day `until`, or `count` times; empty for none."""
    if repeat not in REPEATS:
        return ""
    day = f";BYMONTHDAY={starts_at.astimezone(zone).day}" if repeat == "MONTHLY" else ""
    return f"{REPEATS[repeat]}{day};{_end(zone, until, count)}"


def _end(zone: ZoneInfo, until: date | None, count: int | None) -> str:
    if until is None:
        return f"COUNT={count}"
    last = datetime.combine(until, time(23, 59, 59), tzinfo=zone).astimezone(UTC)
    return f"UNTIL={last:%Y%m%dT%H%M%SZ}"


def rule_parts(rrule: str, zone: ZoneInfo) -> dict[str, object]:
    """What a form shows of a rule that `rule` made."""
    found = dict(part.split("=") for part in rrule.split(";")) if rrule else {}
    repeats = [name for name, start in REPEATS.items() if rrule.startswith(f"{start};")]
    until = datetime.strptime(found["UNTIL"], "%Y%m%dT%H%M%S%z") if "UNTIL" in found else None
    return {
        "repeat": "BIWEEKLY" if found.get("INTERVAL") == "2" else repeats[0] if repeats else "",
        "until": until.astimezone(zone).date() if until else None,
        "count": int(found["COUNT"]) if "COUNT" in found else None,
    }


@dataclass(frozen=True, slots=True, order=True)
class Span:
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Occurrence:
    schedule: "Schedule"
    span: Span


def spans(schedule: "Schedule", *, after: datetime | None = None) -> Iterator[Span]:
    """Its occurrences in order; `after` leaves out those that are over by then."""
    length = schedule.ends_at - schedule.starts_at
    for starts_at in _starts(schedule):
        if after is None or starts_at + length > after:
            yield Span(starts_at, starts_at + length)


def _starts(schedule: "Schedule") -> Iterator[datetime]:
    if not schedule.rrule:
        return iter([schedule.starts_at])
    series = rrulestr(schedule.rrule, dtstart=schedule.starts_at.astimezone(schedule.zone))
    return (start.astimezone(UTC) for start in islice(series, MOST_OCCURRENCES))


def over_at(schedule: "Schedule") -> datetime | None:
    """The end of the last occurrence; None where a rule has none."""
    return max((span.ends_at for span in spans(schedule)), default=None)


def upcoming(schedules: "Iterable[Schedule]", *, after: datetime, most: int) -> list[Occurrence]:
    """The next occurrences of all of them, one by one in order of time."""
    series = ([(span, str(one.pk), one) for span in _next(one, after, most)] for one in schedules)
    return [Occurrence(one, span) for span, _key, one in islice(merge(*series, key=_by_time), most)]


def _next(schedule: "Schedule", after: datetime, most: int) -> Iterator[Span]:
    return islice(spans(schedule, after=after), most)


def _by_time(found: "tuple[Span, str, Schedule]") -> tuple[Span, str]:
    return found[:2]
