"""What is booked in spaces, read once for whoever shows it, with what its reader may know.

Others read *Busy* of what is private, and of what somebody is only about to book.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from bookings.models import Attendee, Slot
from bookings.spaces.models import Space
from bookings.states import BookingState
from organizations.models import Membership


@dataclass(frozen=True, slots=True)
class Entry:
    """`title` and `organizer` are empty where the reader may not know them."""

    booking: UUID
    starts_at: datetime
    ends_at: datetime
    blocked_from: datetime
    blocked_until: datetime
    state: BookingState
    title: str
    organizer: str
    is_own: bool
    is_private: bool
    may_change: bool
    version: int

    @property
    def words(self) -> str:
        if self.title:
            return self.title
        return str(self.state.label) if self.is_own else gettext("Busy")

    @property
    def is_open(self) -> bool:
        """Whether there is a page of it that the reader may open."""
        return bool(self.title)

    @property
    def look(self) -> str:
        """Classes of style, which tell no more than the words do."""
        if not self.title and not self.is_own:
            return "busy"
        return f"{self.state.lower()} own" if self.is_own else self.state.lower()

    @property
    def remarks(self) -> list[str]:
        if not self.title:
            return []
        state = [] if self.state == BookingState.CONFIRMED else [str(self.state.label)]
        return [gettext("Yours")] * self.is_own + [gettext("Private")] * self.is_private + state

    def when(self, zone: ZoneInfo) -> str:
        return f"{self.starts_at.astimezone(zone):%H:%M}–{self.ends_at.astimezone(zone):%H:%M}"


Diary = dict[UUID, list[Entry]]  # by space, in order of time

COLUMNS = (
    "space_id",
    "blocked_from",
    "blocked_until",
    "booking_id",
    "booking__starts_at",
    "booking__ends_at",
    "booking__state",
    "booking__title",
    "booking__is_private",
    "booking__version",
    "booking__organizer_id",
    "booking__organizer__display_name",
)


def read(spaces: Iterable[Space], begin: datetime, end: datetime, reader: Membership | None) -> Diary:
    """What keeps these spaces of one organization in `[begin, end)`, buffers included.

    `reader` is a member of that organization, or None for everybody who passes the door.
    """
    held = (
        Slot.objects.filter(space__in=list(spaces), is_held=True, blocked_from__lt=end, blocked_until__gt=begin)
        .exclude(Q(booking__state=BookingState.HELD) & Q(booking__held_until__lte=timezone.now()))
        .order_by("blocked_from")
        .values_list(*COLUMNS)
    )
    invited = _invited(reader, begin, end)
    found: Diary = defaultdict(list)
    for space, *row in held:
        found[space].append(_entry(row, reader, invited))
    return found


def _invited(reader: Membership | None, begin: datetime, end: datetime) -> set[UUID]:
    """Private bookings that this person is asked to, at an address that is proven to be theirs."""
    if reader is None or reader.is_admin:
        return set()
    proven = EmailAddress.objects.filter(user=reader.user_id, verified=True).values_list("email", flat=True)
    asked = Attendee.objects.filter(email__in=[address.lower() for address in proven], booking__is_private=True)
    here = asked.filter(booking__organization=reader.organization_id)
    return set(here.filter(booking__starts_at__lt=end, booking__ends_at__gt=begin).values_list("booking", flat=True))


def _entry(row: list[Any], reader: Membership | None, invited: set[UUID]) -> Entry:
    blocked_from, blocked_until, booking, starts_at, ends_at, state, title, is_private, version, by, name = row
    is_own = reader is not None and by == reader.user_id
    is_admin = reader is not None and reader.is_admin
    readable = is_own or is_admin or not is_private or booking in invited
    return Entry(
        booking=booking,
        starts_at=max(starts_at, blocked_from),
        ends_at=min(ends_at, blocked_until),
        blocked_from=blocked_from,
        blocked_until=blocked_until,
        state=BookingState(state),
        title=title if readable else "",
        organizer=(name or "") if readable and title else "",
        is_own=is_own,
        is_private=is_private,
        may_change=(is_own or is_admin) and state in (BookingState.PENDING, BookingState.CONFIRMED),
        version=version,
    )
