"""What stands in the way of a booking, as it is said to whoever asked for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from bookings.access import may_read
from bookings.alternatives import Alternative, Search
from bookings.models import Booking
from bookings.occupancy import Held, Occupancy
from bookings.spaces.models import Space
from bookings.states import BookingState
from organizations.models import Membership
from realtime.refusals import Refused
from rooms.schedules.times import Span


@dataclass(frozen=True, slots=True)
class Taken:
    """When a space is booked; `title` and `organizer` are empty for those who may not know them."""

    space: Space
    starts_at: datetime
    ends_at: datetime
    title: str = ""
    organizer: str = ""


class Conflict(Refused):
    """Nothing was written."""

    def __init__(self, taken: Iterable[Taken] = (), search: Search | None = None) -> None:
        super().__init__("booking.conflict", _("The space is not free at that time."))
        self.taken = list(taken)
        self._search = search

    @cached_property
    def alternatives(self) -> list[Alternative]:
        """At most six, the best first; looked for when asked, after the locks are gone."""
        return self._search.found() if self._search else []


class Changed(Refused):
    """Somebody else was faster; `booking` is the newer row."""

    def __init__(self, booking: Booking) -> None:
        super().__init__("booking.changed", _("This booking was changed meanwhile. Look at it again."))
        self.booking = booking


@dataclass(frozen=True, slots=True)
class Asker:
    """Who is told; nobody at the door of a space."""

    user: User | None
    membership: Membership | None


def taken(occupancy: Occupancy, spaces: Iterable[Space], span: Span, asker: Asker) -> list[Taken]:
    return [_told(space, held, asker) for space in spaces for held in occupancy.in_the_way(space, span)]


def _told(space: Space, held: Held, asker: Asker) -> Taken:
    if held.state == BookingState.HELD or not may_read(held, asker.user, asker.membership):
        return Taken(space, held.starts_at, held.ends_at)
    return Taken(space, held.starts_at, held.ends_at, held.title, held.organizer or "")
