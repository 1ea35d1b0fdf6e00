"""Calendar files (RFC 5545, for mail as RFC 6047 has it), and the one of a schedule."""

from collections.abc import Iterable
from datetime import date, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.utils import timezone
from icalendar import Calendar, Event, vCalAddress, vRecur

from rooms.schedules.models import Schedule

MARGIN = timedelta(days=366)  # a zone is described with the changes around the series
PRODUCT = "-//Meet//Meet//EN"


def link_of(schedule: Schedule) -> str:
    return f"{settings.PUBLIC_URL}{schedule.room.join_path}"


def printable(text: str) -> str:
    """One line without anything that could end a header."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def new_calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    return calendar


def describe_zones(calendar: Calendar, days: Iterable[date]) -> None:
    """Of what has a zone and falls on one of these days, and around them."""
    known = sorted(days)
    calendar.add_missing_timezones(known[0] - MARGIN, known[-1] + MARGIN)


def file_of(calendar: Calendar) -> str:
    return str(calendar.to_ical(), "utf-8")


def organizer(name: str) -> vCalAddress:
    """The server's address: calendars distrust an organizer who is not the sender."""
    address = vCalAddress(f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    address.params["CN"] = printable(name) or "Meet"
    return address


def attendee(email: str, answer: str = "NEEDS-ACTION") -> vCalAddress:
    address = vCalAddress(f"mailto:{printable(email).replace(' ', '')}")
    address.params.update({"ROLE": "REQ-PARTICIPANT", "PARTSTAT": answer, "RSVP": "TRUE"})
    return address


class CalendarFile:
    """Made once for a schedule and addressed to one person after the other: nobody sees who else is invited."""

    def __init__(self, schedule: Schedule, *, cancelled: bool) -> None:
        self._calendar = new_calendar("CANCEL" if cancelled else "REQUEST")
        self._event = event_of(schedule, cancelled=cancelled)
        self._calendar.add_component(self._event)
        if schedule.rrule:
            describe_zones(self._calendar, [schedule.starts_at.date(), schedule.over_at.date()])

    def addressed_to(self, email: str) -> str:
        self._event.pop("attendee", None)
        self._event.add("attendee", attendee(email))
        return file_of(self._calendar)


def event_of(schedule: Schedule, *, cancelled: bool = False) -> Event:
    event, link = Event(), link_of(schedule)
    event.add("uid", f"{schedule.uid}@meet")
    event.add("sequence", schedule.sequence)
    event.add("dtstamp", timezone.now())
    _add_times(event, schedule)
    event.add("summary", printable(schedule.title))
    event.add("description", f"{link}\n\n{schedule.note}".strip())
    event.add("location", link)
    event.add("url", link)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("organizer", organizer(schedule.organizer_name))
    return event


def _add_times(event: Event, schedule: Schedule) -> None:
    """A series in its own zone, so that it keeps its time of day; else UTC, which needs no zone."""
    if not schedule.rrule:
        event.add("dtstart", schedule.starts_at)
        event.add("dtend", schedule.ends_at)
        return
    event.add("dtstart", schedule.starts_at.astimezone(schedule.zone))
    event.add("dtend", schedule.ends_at.astimezone(schedule.zone))
    event.add("rrule", vRecur.from_ical(schedule.rrule))
