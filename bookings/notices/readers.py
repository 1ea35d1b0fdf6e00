"""Who is told of bookings, and how they read: in the language of their account, else of the organizer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from accounts.models import User
from bookings.models import Answer, Attendee, Booking
from organizations.models import Membership


@dataclass(frozen=True, slots=True)
class Reader:
    """`zone`: of their account; `dates`: keys of the bookings of a series that they come to, None for all."""

    email: str
    language: str
    zone: ZoneInfo | None
    is_organizer: bool = False
    answer: str = Answer.NEEDS_ACTION
    dates: frozenset[UUID] | None = None


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
    rows = Attendee.objects.filter(booking__in=bookings).exclude(email__in=[one.email for one in organizer])
    invited: dict[str, dict[UUID, str]] = {}
    for email, booking, answer in rows.order_by("email").values_list("email", "booking", "answer"):
        invited.setdefault(email, {})[booking] = answer
    return organizer + addressed(invited, bookings[0], everywhere=len(bookings))


def addressed(invited: Mapping[str, Mapping[UUID, str]], booking: Booking, *, everywhere: int = 1) -> list[Reader]:
    """`invited`: their answers by address and key of the booking; `everywhere`: how many bookings there are."""
    if not invited:
        return []
    users = {user.email.lower(): user for user in User.objects.filter(email__in=invited)}
    fallback = booking.organizer.language if booking.organizer else "en"
    return [
        Reader(
            email=email,
            language=users[email].language if email in users else fallback,
            zone=ZoneInfo(users[email].time_zone) if email in users else None,
            answer=_common(set(answers.values())),
            dates=frozenset(answers) if len(answers) < everywhere else None,
        )
        for email, answers in invited.items()
    ]


def administrators_of(booking: Booking) -> list[Reader]:
    """Who may approve it."""
    found = Membership.objects.admins().select_related("user").filter(organization=booking.organization_id)
    users = [one.user for one in found.exclude(user=booking.organizer_id) if one.user.is_active]
    return [Reader(user.email.lower(), user.language, ZoneInfo(user.time_zone)) for user in users]


def _common(answers: set[str]) -> str:
    return answers.pop() if len(answers) == 1 else Answer.NEEDS_ACTION
