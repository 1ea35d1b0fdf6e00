import contextlib

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from bookings.access import concerns
from bookings.models import Booking
from bookings.rules import not_allowed
from bookings.services.presence import check_in
from realtime.refusals import Refused
from rooms.models import EndedReason


def way_in(booking: Booking) -> str:
    """Where people meet: a path of ours, or an address on another platform; empty where they do not."""
    meeting = booking.meeting
    if meeting is None or meeting.ended_reason == EndedReason.CANCELLED:
        return ""
    return meeting.external_url or (meeting.room.join_path if meeting.room else "")


def join(*, booking: Booking, actor: User | None) -> str:
    """Where to go. Whoever may check in has thereby come; `actor` is None at the door."""
    if actor is not None and not concerns(booking, actor):
        raise not_allowed()
    there = way_in(booking)
    if not there:
        raise Refused("booking.no-meeting", _("This booking has no meeting to join."))
    with contextlib.suppress(Refused):  # too early, or over, or not theirs to say: they may meet all the same
        check_in(booking=booking, actor=actor)
    return there
