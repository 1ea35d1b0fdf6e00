"""Where mails and calendar files lead to, as whole addresses."""

from django.conf import settings

from bookings.models import Booking
from rooms.schedules.calendar import printable


def page_of(booking: Booking) -> str:
    return f"{settings.PUBLIC_URL}/bookings/{booking.pk}/"


def join_link_of(booking: Booking) -> str:
    """Empty for one that people meet for only in its spaces."""
    meeting = booking.meeting
    if meeting is None:
        return ""
    if meeting.external_url or meeting.room is None:
        return printable(meeting.external_url).replace(" ", "%20")
    return f"{settings.PUBLIC_URL}{meeting.room.join_path}"
