"""What somebody may do who stands at the door: nobody signs in there, so nobody is the actor."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bookings.door.board import BOOKABLE, LONGER, board_of, span_from
from bookings.meetings.services import join
from bookings.models import Booking
from bookings.services import presence
from bookings.services.bookings import book
from bookings.services.wishes import Wish
from bookings.spaces.models import Space
from realtime.limits import at_most
from realtime.refusals import Refused

MADE = 12  # bookings of one door within an hour
DEEDS = 60  # of one door within a minute


def book_now(*, space: Space, minutes: int) -> Booking:
    """From this minute on. Whoever books is there already, so nobody has to check in."""
    _count(space)
    if minutes not in BOOKABLE:
        raise Refused("booking.invalid", _("So many minutes cannot be booked here."))
    at_most(MADE, f"door-book:{space.pk}", within=timedelta(hours=1))
    span = span_from(timezone.now(), minutes)
    made = book(organizer=None, wish=Wish((space,), span.starts_at, span.ends_at, title=gettext("Booked at the door")))
    return presence.check_in(booking=made, actor=None)


def check_in(*, space: Space, booking: UUID) -> Booking:
    return presence.check_in(booking=_here(space, booking), actor=None)


def join_here(*, space: Space, booking: UUID) -> str:
    """Where to go; for everybody who passes by, so not to a private meeting, nor to an address that somebody typed."""
    found = _here(space, booking)
    if found.is_private or found.meeting is None or found.meeting.external_url:
        raise Refused("booking.no-meeting", _("This booking has no meeting to join."))
    return join(booking=found, actor=None)


def end_now(*, space: Space, booking: UUID) -> Booking:
    return presence.end_now(booking=_here(space, booking), actor=None)


def extend(*, space: Space, booking: UUID, version: int) -> Booking:
    return presence.extend(booking=_here(space, booking), actor=None, minutes=LONGER, version=version)


def _here(space: Space, booking: UUID) -> Booking:
    """What the door shows at present, and nothing else that is booked."""
    _count(space)
    here = board_of(space, timezone.now()).here
    if here is None or here.booking.pk != booking:
        raise Refused("door.outdated", _("This was changed meanwhile. Look at it again."))
    return here.booking


def _count(space: Space) -> None:
    at_most(DEEDS, f"door:{space.pk}", within=timedelta(minutes=1))
