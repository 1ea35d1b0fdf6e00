"""What mails and the page behind them say of a booking, in the language that is active."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from bookings.calendars.events import lines, places
from bookings.calendars.links import join_link_of
from bookings.facts import Facts
from bookings.models import Booking
from rooms.schedules.calendar import printable


def zone_of(booking: Booking) -> ZoneInfo:
    """Of its series or its first space."""
    if booking.series is not None:
        return booking.series.zone
    spaces = sorted(booking.spaces.all(), key=lambda space: space.name)
    return spaces[0].zone if spaces else ZoneInfo("UTC")


def when(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> str:
    """The end with its day if that is another one, and how far the clocks there are from UTC."""
    start, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
    until = date_format(end, "H:i" if start.date() == end.date() else "l, j F Y, H:i")
    return f"{date_format(start, 'l, j F Y, H:i')}–{until} ({zone.key}, UTC{start.isoformat()[-6:]})"


def described(booking: Booking) -> list[tuple[str, str]]:
    """Names and values, for who is invited."""
    found = [
        (_("When"), when(booking.starts_at, booking.ends_at, zone_of(booking))),
        (_("Where"), places(booking)),
        (_("Organizer"), organizer_name(booking)),
        (_("Join"), join_link_of(booking)),
        (_("Description"), lines(booking.description)),
    ]
    return [(name, value) for name, value in found if value]


def organizer_name(booking: Booking) -> str:
    return printable(booking.organizer.display_name) if booking.organizer else ""


def changes(before: Facts, after: Facts, zone: ZoneInfo) -> Iterator[str]:
    """A line for each thing that is another now: old → new."""
    if (before.starts_at, before.ends_at) != (after.starts_at, after.ends_at):
        yield _changed(_("When"), *(when(one.starts_at, one.ends_at, zone) for one in (before, after)))
    if before.spaces != after.spaces:
        yield _changed(_("Where"), *(", ".join(sorted(name for _id, name in one.spaces)) for one in (before, after)))
    if before.title != after.title:
        yield _changed(_("Title"), before.title, after.title)
    if before.description != after.description:
        yield _("The description changed.")
    if before.meeting != after.meeting:
        yield _("Where to join online changed.")


def _changed(name: str, old: str, new: str) -> str:
    return f"{name}: {printable(old)} → {printable(new)}"
