"""A booking as it was at one moment, to compare it with what became of it."""

from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from bookings.models import Booking
from bookings.services.wishes import where_they_meet

NEWS = {"state", "title", "description", "is_private", "starts_at", "ends_at", "spaces", "attendees", "meeting"}


@dataclass(frozen=True, slots=True)
class Facts:
    """`spaces`: id and name; `needs`: names; `meeting`: its kind, and its address on another platform."""

    state: str
    title: str
    description: str
    is_private: bool
    people: int
    starts_at: datetime
    ends_at: datetime
    reminder: int
    spaces: frozenset[tuple[UUID, str]]
    needs: frozenset[str]
    attendees: frozenset[str]
    meeting: tuple[str, str]

    @classmethod
    def of(cls, booking: Booking) -> "Facts":
        return cls(
            state=booking.state,
            title=booking.title,
            description=booking.description,
            is_private=booking.is_private,
            people=booking.people,
            starts_at=booking.starts_at,
            ends_at=booking.ends_at,
            reminder=booking.reminder,
            spaces=frozenset(booking.spaces.order_by().values_list("pk", "name")),
            needs=frozenset(booking.needs.order_by().values_list("name", flat=True)),
            attendees=frozenset(booking.attendees.order_by().values_list("email", flat=True)),
            meeting=where_they_meet(booking.meeting),
        )

    def other_than(self, before: "Facts") -> list[str]:
        """Names of what differs."""
        return [one.name for one in fields(self) if getattr(self, one.name) != getattr(before, one.name)]

    def is_news_after(self, before: "Facts") -> bool:
        """Whether calendars of attendees have to be told (RFC 5545, SEQUENCE)."""
        return bool(set(self.other_than(before)) & NEWS)
