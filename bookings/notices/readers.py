"""Who is told of bookings, and how they read: in the language of their account, else of the organizer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from accounts.models import User
from bookings.models import Answer, Attendee, Booking
from organizations.models import Membership


@dataclass(frozen=True, slots=True)
class Reader:
    """`zone`: of their account; `dates`: keys of the bookings of a series that they come to, empty for all."""

    email: str
    language: str
    zone: ZoneInfo | None
    is_organizer: bool = False
    answer: str = Answer.NEEDS_ACTION
    dates: frozenset[object] = field(default_factory=frozenset)


def organizer_of(booking: Booking) -> list[Reader]:
    """None who booked at the door or left."""
    user = booking.organizer
    if user is None:
        return []
    return [Reader(user.email.lower(), user.language, ZoneInfo(user.time_zone), True, Answer.ACCEPTED)]


def people_of(bookings: Iterable[Booking]) -> list[Reader]:
    """The organizer and everybody invited to at least one of these, which share their organizer."""
    bookings = list(bookings)
    organizer = organizer_of(bookings[0])
    invited: dict[str, list[Attendee]] = {}
    for one in Attendee.objects.filter(booking__in=bookings).exclude(email__in=[one.email for one in organizer]):
        invited.setdefault(one.email, []).append(one)
    return organizer + addressed(invited, bookings[0], everywhere=len(bookings))


def addressed(invited: Mapping[str, list[Attendee]], booking: Booking, *, everywhere: int = 1) -> list[Reader]:
    """Readers at these addresses. `everywhere`: the number of bookings that somebody invited to all has."""
    users = {user.email.lower(): user for user in User.objects.filter(email__in=invited)}
    fallback = booking.organizer.language if booking.organizer else "en"
    return [
        Reader(
            email=email,
            language=users[email].language if email in users else fallback,
            zone=ZoneInfo(users[email].time_zone) if email in users else None,
            answer=_common({one.answer for one in rows}),
            dates=frozenset(one.booking_id for one in rows) if len(rows) < everywhere else frozenset(),
        )
        for email, rows in sorted(invited.items())
    ]


def administrators_of(booking: Booking) -> list[Reader]:
    """Who may approve it."""
    found = Membership.objects.admins().select_related("user").filter(organization=booking.organization_id)
    users = [one.user for one in found.exclude(user=booking.organizer_id) if one.user.is_active]
    return [Reader(user.email.lower(), user.language, ZoneInfo(user.time_zone)) for user in users]


def _common(answers: set[str]) -> str:
    return answers.pop() if len(answers) == 1 else Answer.NEEDS_ACTION
