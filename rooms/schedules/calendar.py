"""The calendar file of a schedule: RFC 5545, for mail as RFC 6047 has it."""

from datetime import timedelta
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


class CalendarFile:
    """Made once for a schedule and addressed to one person after the other: nobody sees who else is invited."""

    def __init__(self, schedule: Schedule, *, cancelled: bool) -> None:
        self._calendar = Calendar()
        self._calendar.add("prodid", PRODUCT)
        self._calendar.add("version", "2.0")
        self._calendar.add("method", "CANCEL" if cancelled else "REQUEST")
        self._event = _event(schedule, cancelled=cancelled)
        self._calendar.add_component(self._event)
        if schedule.rrule:
            first, last = schedule.starts_at.date(), schedule.over_at.date()
            self._calendar.add_missing_timezones(first - MARGIN, last + MARGIN)

    def addressed_to(self, email: str) -> str:
        attendee = vCalAddress(f"mailto:{email}")
        attendee.params.update({"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"})
        self._event.pop("attendee", None)
        self._event.add("attendee", attendee)
        return str(self._calendar.to_ical(), "utf-8")


def _event(schedule: Schedule, *, cancelled: bool) -> Event:
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
    event.add("organizer", _organizer(schedule))
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


def _organizer(schedule: Schedule) -> vCalAddress:
    """The server's address: calendars distrust an organizer who is not the sender."""
    organizer = vCalAddress(f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    organizer.params["CN"] = printable(schedule.organizer_name) or "Meet"
    return organizer
