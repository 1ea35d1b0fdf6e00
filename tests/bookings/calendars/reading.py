"""Calendar files read back, by what wrote them and by a parser that shares nothing with it."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import recurring_ical_events
import vobject
from dateutil.tz import tzical
from icalendar import Calendar, Event
from vobject.icalendar import registerTzid

Span = tuple[datetime, datetime]
ZONE = re.compile(r"BEGIN:VTIMEZONE.*?END:VTIMEZONE\r\n", re.DOTALL)
EARLY, LATE = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def events(text: str) -> list[Event]:
    return Calendar.from_ical(text).walk("VEVENT")


def event(text: str) -> Event:
    [found] = events(text)
    return found


def expanded(text: str) -> set[Span]:
    found = recurring_ical_events.of(Calendar.from_ical(text)).between(EARLY, LATE)
    return {(one.start.astimezone(UTC), one.end.astimezone(UTC)) for one in found}


def expanded_by_another(text: str) -> set[Span]:
    """With vobject. The zones that the file describes are read by dateutil, which vobject asks too, but for less."""
    for zone in ZONE.findall(text):
        found = tzical(StringIO(zone))
        [name] = found.keys()
        registerTzid(name, found.get(name))
    found = vobject.readOne(ZONE.sub("", text)).vevent_list
    moved = {_utc(one.recurrence_id) for one in found if hasattr(one, "recurrence_id")}
    spans = {_span(one) for one in found if hasattr(one, "recurrence_id")}
    for one in found:
        if not hasattr(one, "recurrence_id"):
            spans |= {span for span in _repeated(one) if span[0] not in moved}
    return spans


def _repeated(event: Any) -> Iterator[Span]:
    length = event.dtend.value - event.dtstart.value
    for start in event.getrruleset(addRDate=True) or [event.dtstart.value]:
        yield start.astimezone(UTC), (start + length).astimezone(UTC)


def _span(event: Any) -> Span:
    return event.dtstart.value.astimezone(UTC), event.dtend.value.astimezone(UTC)


def _utc(line: Any) -> datetime:
    return line.value.astimezone(UTC)
