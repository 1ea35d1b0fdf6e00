"""Calendar files of bookings: by mail for one person alone, by download and subscription for who may look."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from icalendar import Calendar, Event

from bookings.calendars.events import OFF, event_of, series_events, series_off
from bookings.models import Answer, Booking, Series
from rooms.schedules.calendar import attendee, describe_zones, file_of, new_calendar, printable
from rooms.schedules.times import over_at

REFRESHED = timedelta(hours=1)


class CalendarMail:
    """Made once and addressed to one person after the other: nobody sees who else is invited."""

    def __init__(self, method: str, events: list[Event], *, until: datetime | None = None) -> None:
        self._calendar = _calendar(method, events, until)
        self._events = [(event, str(event.get("description", ""))) for event in events]

    def addressed_to(self, email: str, *, answer: str = Answer.NEEDS_ACTION, note: str = "") -> str:
        """`note` ends the description."""
        for event, description in self._events:
            for name in ("attendee", "description"):
                event.pop(name, None)
            event.add("attendee", attendee(email, answer))
            event.add("description", "\n\n".join(filter(None, (description, note))))
        return file_of(self._calendar)


def invitation(booking: Booking) -> CalendarMail:
    """An invitation or news of it: calendars replace what they have under its UID, if its SEQUENCE is higher."""
    return CalendarMail("REQUEST", [event_of(booking)])


def cancellation(booking: Booking) -> CalendarMail:
    return CalendarMail("CANCEL", [event_of(booking, status=OFF)])


def series_invitation(series: Series, bookings: Iterable[Booking]) -> CalendarMail:
    """`bookings`: those of the series that people come to."""
    return CalendarMail("REQUEST", series_events(series, bookings), until=over_at(series))


def series_cancellation(series: Series, like: Booking) -> CalendarMail:
    return CalendarMail("CANCEL", [series_off(series, like)], until=over_at(series))


def published(events: Iterable[Event], *, name: str) -> str:
    """For who asks again now and then (RFC 7986)."""
    calendar = _calendar("PUBLISH", list(events))
    calendar.add("x-wr-calname", printable(name))
    calendar.add("refresh-interval", REFRESHED, parameters={"VALUE": "DURATION"})
    return file_of(calendar)


def _calendar(method: str, events: list[Event], until: datetime | None = None) -> Calendar:
    calendar = new_calendar(method)
    for event in events:
        calendar.add_component(event)
    days = [event.decoded(name).date() for event in events for name in ("dtstart", "dtend")]
    if days:
        describe_zones(calendar, [*days, until.date()] if until else days)
    return calendar
