"""What somebody wants of a booking."""

from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from bookings.models import Booking
from bookings.spaces.models import Amenity, Space
from realtime.refusals import Refused
from rooms.models import EndedReason, Meeting
from rooms.schedules.models import Reminder

MOST_SPACES = 5
MOST_ATTENDEES = 100
MOST_PEOPLE = 30_000
LONGEST_TITLE, LONGEST_DESCRIPTION, LONGEST_URL = 100, 2000, 500
FIELDS = ("title", "description", "is_private", "people", "starts_at", "ends_at", "reminder")


class MeetingKind(StrEnum):
    """Where people meet who do not come to the space."""

    NONE = "NONE"
    ROOM = "ROOM"
    EXTERNAL = "EXTERNAL"

    @classmethod
    def of(cls, meeting: Meeting | None) -> "MeetingKind":
        if meeting is None:
            return cls.NONE
        return cls.EXTERNAL if meeting.external_url else cls.ROOM


@dataclass(frozen=True, slots=True)
class Wish:
    """Spaces are as just read; times are aware and whole minutes. `people`: how many are expected; `reminder`: minutes
    before the start."""

    spaces: tuple[Space, ...]
    starts_at: datetime
    ends_at: datetime
    title: str
    description: str = ""
    is_private: bool = False
    people: int = 1
    needs: tuple[Amenity, ...] = ()
    attendees: tuple[str, ...] = ()
    reminder: int = Reminder.NONE
    meeting: str = MeetingKind.NONE
    external_url: str = ""

    @classmethod
    def of(cls, booking: Booking, **changes: Any) -> "Wish":
        """What is booked now, and what is to be another."""
        kept = cls(
            spaces=tuple(booking.spaces.order_by("pk")),
            needs=tuple(booking.needs.all()),
            attendees=tuple(booking.attendees.values_list("email", flat=True)),
            meeting=MeetingKind.of(booking.meeting),
            external_url=booking.meeting.external_url if booking.meeting else "",
            **{field: getattr(booking, field) for field in FIELDS},
        )
        return replace(kept, **changes)

    def carried_to(self, other: "Wish", *, shown: "Wish") -> "Wish":
        """`other` with what this changes of `shown`: what is left as it was stays as the other has it."""
        names = (one.name for one in fields(self))
        changes = {name: self._carried(name, other, shown) for name in names if self._differs(name, shown)}
        return replace(other, **changes)

    def _differs(self, name: str, shown: "Wish") -> bool:
        now, was = getattr(self, name), getattr(shown, name)
        return set(now) != set(was) if isinstance(now, tuple) else bool(now != was)

    def _carried(self, name: str, other: "Wish", shown: "Wish") -> Any:
        if name != "attendees":
            return getattr(self, name)
        gone = set(shown.attendees) - set(self.attendees)
        came = [one for one in self.attendees if one not in shown.attendees]
        return tuple(dict.fromkeys([*(one for one in other.attendees if one not in gone), *came]))

    @property
    def length(self) -> timedelta:
        return self.ends_at - self.starts_at

    @property
    def where(self) -> tuple[str, str]:
        """As `where_they_meet` once it is so."""
        return self.meeting, self.external_url if self.meeting == MeetingKind.EXTERNAL else ""


def where_they_meet(meeting: Meeting | None) -> tuple[str, str]:
    """The kind, and the address on another platform. One that went with its room, which the host closed, is not there
    any more."""
    if meeting is None or meeting.ended_reason == EndedReason.CANCELLED:
        return MeetingKind.NONE, ""
    return MeetingKind.of(meeting), meeting.external_url


def well_formed(wish: Wish) -> Wish:
    """The same in its plain form: instants in UTC, every address once; refused where it cannot be meant."""
    _refuse_odd_times(wish.starts_at, wish.ends_at)
    _refuse_odd_texts(wish)
    _refuse_odd_numbers(wish)
    attendees = tuple(dict.fromkeys(address.strip().lower() for address in wish.attendees))
    _refuse_odd_addresses(attendees)
    return replace(
        wish,
        spaces=tuple({space.pk: space for space in wish.spaces}.values()),
        starts_at=wish.starts_at.astimezone(UTC),
        ends_at=wish.ends_at.astimezone(UTC),
        title=" ".join(wish.title.split()),
        attendees=attendees,
    )


def _refuse_odd_times(starts_at: datetime, ends_at: datetime) -> None:
    for moment in (starts_at, ends_at):
        if moment.tzinfo is None or moment.second or moment.microsecond:
            raise _odd(_("Times are whole minutes."))
        if moment.astimezone(UTC).astimezone(moment.tzinfo).replace(tzinfo=None) != moment.replace(tzinfo=None):
            raise no_such_time()
    if ends_at.astimezone(UTC) <= starts_at.astimezone(UTC):
        raise _odd(_("It has to end after it starts."))


def no_such_time() -> Refused:
    return Refused("booking.no-such-time", _("The clocks go forward over this time, so it does not exist that day."))


def _refuse_odd_texts(wish: Wish) -> None:
    if not 0 < len(wish.title.strip()) <= LONGEST_TITLE:
        raise _odd(_("Give it a title of 1 to 100 characters."))
    if len(wish.description) > LONGEST_DESCRIPTION:
        raise _odd(_("The description is longer than 2000 characters."))
    if "\x00" in wish.title + wish.description + wish.external_url:
        raise _odd(_("There is a character in it that cannot be kept."))
    if wish.meeting not in set(MeetingKind):
        raise _odd(_("This kind of meeting is not known."))
    if wish.meeting == MeetingKind.EXTERNAL and not _is_web_address(wish.external_url):
        raise _odd(_("Give the meeting's address; it begins with https:// or http://."))


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and len(text) <= LONGEST_URL
    except ValueError:
        return False


def _refuse_odd_numbers(wish: Wish) -> None:
    if not 1 <= len({space.pk for space in wish.spaces}) <= MOST_SPACES:
        raise _odd(_("Choose one to five spaces."))
    if len({space.organization_id for space in wish.spaces}) > 1:
        raise _odd(_("The spaces belong to different organizations."))
    if any(need.organization_id != wish.spaces[0].organization_id for need in wish.needs):
        raise _odd(_("This equipment belongs to another organization."))
    if not 1 <= wish.people <= MOST_PEOPLE or wish.reminder not in Reminder.values:
        raise _odd(_("The number of people or the reminder is not one of those there are."))


def _refuse_odd_addresses(addresses: tuple[str, ...]) -> None:
    if len(addresses) > MOST_ATTENDEES:
        raise _odd(_("Invite 100 people or fewer."))
    for address in addresses:
        try:
            validate_email(address)
        except ValidationError as wrong:
            raise _odd(_("One of the addresses is not a mail address.")) from wrong


def _odd(text: Any) -> Refused:
    return Refused("booking.invalid", text)
