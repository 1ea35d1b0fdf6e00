"""Counting hours of spaces. Pure: rows in, numbers out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from bookings.states import BookingState

AGREED = (BookingState.CONFIRMED, BookingState.CHECKED_IN, BookingState.COMPLETED, BookingState.RELEASED)
COUNTED = (*AGREED, BookingState.CANCELLED)


class Held(NamedTuple):
    """One space of a booking."""

    space: UUID
    booking: UUID
    state: str
    starts_at: datetime
    ends_at: datetime
    checked_in_at: datetime | None
    people: int


@dataclass(slots=True)
class Tally:
    """`bookings` and hours. `booked` is what was agreed, used or not; `people` are those who were expected there."""

    bookings: int = 0
    booked: float = 0.0
    used: float = 0.0
    released: float = 0.0
    cancelled: float = 0.0
    people: int = 0

    def add(self, held: Held, hours: float) -> None:
        if held.state == BookingState.CANCELLED:
            self.cancelled += hours
            return
        self.bookings += 1
        self.people += held.people
        self.booked += hours
        self.used += hours if held.checked_in_at else 0
        self.released += hours if held.state == BookingState.RELEASED else 0

    @property
    def people_on_average(self) -> float:
        return self.people / self.bookings if self.bookings else 0.0


def pieces(begin: datetime, end: datetime, zone: ZoneInfo) -> Iterator[tuple[int, int, float]]:
    """Weekday (0 is Monday), hour of the day and how much of that hour, by the clock of the zone."""
    at = begin
    while at < end:
        wall = at.astimezone(zone)
        until = min(end, at + timedelta(minutes=60 - wall.minute) - timedelta(seconds=wall.second))
        yield wall.weekday(), wall.hour, hours_between(at, until)
        at = until


def hours_between(begin: datetime, end: datetime) -> float:
    return max(0.0, (end - begin).total_seconds() / 3600)
