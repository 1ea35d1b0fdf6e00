"""Times of day in a zone, and the occurrences of what repeats.

Rows hold UTC. A series keeps its time of day when the clocks change, and its exact length (RFC 5545, 3.8.5.3).
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING, Protocol
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
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class NoSuchTime(ValueError):
    """The clocks go forward over this time of day."""


def is_plannable(day: date) -> bool:
    """Years that nobody plans in are slips of the keyboard, and overflow near the ends of the calendar."""
    return 2000 <= day.year <= 2100


def in_zone(wall: datetime, zone: ZoneInfo, fold: int = 0) -> datetime:
    """The instant of a time of day; of one that comes twice the first, with `fold` the second."""
    instant = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None, fold=0) != wall:
        raise NoSuchTime
    return instant


def comes_twice(wall: datetime, zone: ZoneInfo) -> bool:
    return in_zone(wall, zone) != in_zone(wall, zone, fold=1)


def clocks_differ(moment: datetime, here: ZoneInfo, there: ZoneInfo) -> bool:
    return moment.astimezone(here).utcoffset() != moment.astimezone(there).utcoffset()


def rule(
    repeat: str,
    starts_at: datetime,
    zone: ZoneInfo,
    *,
    until: date | None,
    count: int | None,
    interval: int = 1,
    weekdays: Collection[int] = (),
) -> str:
    """The text of a simple recurrence, up to and with the day `until`, or `count` times; empty for none.

    `interval`: every so many days, weeks or months. `weekdays`: of one that is weekly, 0 is Monday.
    """
    if repeat not in REPEATS:
        return ""
    parts = [REPEATS[repeat]]
    if interval != 1:
        parts.append(f"INTERVAL={interval}")
    if repeat == "MONTHLY":
        parts.append(f"BYMONTHDAY={starts_at.astimezone(zone).day}")
    elif repeat == "WEEKLY" and weekdays:
        parts.append(f"BYDAY={','.join(WEEKDAYS[day] for day in sorted(set(weekdays)))}")
    return ";".join([*parts, _end(zone, until, count)])


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


class Repeating(Protocol):
    """A schedule, or a series of bookings."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def rrule(self) -> str: ...
    @property
    def zone(self) -> ZoneInfo: ...


@dataclass(frozen=True, slots=True)
class Occurrence:
    schedule: "Schedule"
    span: Span


def spans(schedule: Repeating, *, after: datetime | None = None) -> Iterator[Span]:
    """Its occurrences in order; `after` leaves out those that are over by then."""
    length = schedule.ends_at - schedule.starts_at
    for starts_at in _starts(schedule):
        if after is None or starts_at + length > after:
            yield Span(starts_at, starts_at + length)


def _starts(schedule: Repeating) -> Iterator[datetime]:
    if not schedule.rrule:
        return iter([schedule.starts_at])
    series = rrulestr(schedule.rrule, dtstart=schedule.starts_at.astimezone(schedule.zone))
    return (start.astimezone(UTC) for start in islice(series, MOST_OCCURRENCES))


def over_at(schedule: Repeating) -> datetime | None:
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
