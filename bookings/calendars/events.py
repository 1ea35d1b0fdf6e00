"""Bookings as events of RFC 5545. A series is one rule, with what differs from it beside it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from icalendar import Alarm, Event, vRecur

from bookings.calendars.links import join_link_of, page_of
from bookings.models import Booking, Series
from bookings.states import BookingState
from rooms.schedules.calendar import organizer, printable
from rooms.schedules.times import spans

TAKES_PLACE = (BookingState.PENDING, BookingState.CONFIRMED, BookingState.CHECKED_IN, BookingState.COMPLETED)
OFF = "CANCELLED"


def readable(bookings: "QuerySet[Booking]") -> "QuerySet[Booking]":
    """With all that an event shows, in a number of queries that does not grow."""
    return bookings.select_related("series", "organizer", "meeting__room").prefetch_related("spaces")


def lines(text: str) -> str:
    """Lines that can be read, without any other control character."""
    return "\n".join(printable(line) for line in text.splitlines()).strip()


def places(booking: Booking) -> str:
    found = [", ".join(filter(None, (space.name, space.building, space.floor))) for space in booking.spaces.all()]
    return printable("; ".join(sorted(found)))


def event_of(booking: Booking, *, status: str = "") -> Event:
    """The whole of a single booking, or one occurrence of a series."""
    event = _described(booking, status)
    _add_alarm(event, booking)
    if booking.series is None:
        _add_times(event, booking.starts_at, booking.ends_at)
        return event
    zone = booking.series.zone
    _add_times(event, booking.starts_at.astimezone(zone), booking.ends_at.astimezone(zone))
    event.add("recurrence-id", in_rule(booking.series, booking.original_starts_at or booking.starts_at))
    return event


def busy_event(booking: Booking) -> Event:
    """What those read who may know only that the space is taken."""
    event = Event()
    _identify(event, booking)
    event["uid"] = f"{booking.uid}@meet"
    _add_times(event, booking.starts_at, booking.ends_at)
    event.add("summary", _("Busy"))
    event.add("location", places(booking))
    event.add("status", _status(booking))
    event.add("class", "PRIVATE")
    return event


def single_event(booking: Booking, *, can_join: bool) -> Event:
    """On its own, even if a series made it, and without an alarm: for calendars that are read anew each time."""
    event = _described(booking, "", can_join=can_join)
    event["uid"] = f"{booking.uid}@meet"
    _add_times(event, booking.starts_at, booking.ends_at)
    return event


def series_events(series: Series, bookings: Iterable[Booking]) -> list[Event]:
    """The rule, without dates that none of `bookings` is for, and those of them that differ from the rest."""
    kept = {one.original_starts_at: one for one in bookings if one.state in TAKES_PLACE}
    usual = _usual(list(kept.values()))
    if usual is None:
        return []
    others = [one for one in kept.values() if _is_moved(one, series) or _content(one) != _content(usual)]
    return [_rule_event(series, usual, kept=set(kept)), *map(event_of, others)]


def series_off(series: Series, like: Booking) -> Event:
    """Every date is off. `like`: one of its bookings."""
    return _rule_event(series, like, status=OFF)


def in_rule(series: Series, original: datetime) -> datetime:
    """The start as the rule has it: always at the same time of day, even where the clocks skip that time."""
    zone = series.zone
    return datetime.combine(original.astimezone(zone), series.starts_at.astimezone(zone).time(), tzinfo=zone)


def _rule_event(series: Series, usual: Booking, *, kept: set[datetime | None] | None = None, status: str = "") -> Event:
    event, zone = _described(usual, status), series.zone
    event["sequence"] = series.sequence
    _add_alarm(event, usual)
    _add_times(event, series.starts_at.astimezone(zone), series.ends_at.astimezone(zone))
    event.add("rrule", vRecur.from_ical(series.rrule))
    starts = [span.starts_at for span in spans(series)]
    without = [in_rule(series, one) for one in starts if kept is not None and one not in kept]
    if without:
        event.add("exdate", without)
    return event


def _usual(bookings: Sequence[Booking]) -> Booking | None:
    """The first of those that most are like."""
    alike = Counter(map(_content, bookings))
    return max(bookings, key=lambda one: (alike[_content(one)], -one.starts_at.timestamp()), default=None)


def _is_moved(booking: Booking, series: Series) -> bool:
    length = series.ends_at - series.starts_at
    return (booking.starts_at, booking.ends_at - booking.starts_at) != (booking.original_starts_at, length)


def _content(booking: Booking) -> tuple[object, ...]:
    return (
        booking.title,
        booking.description,
        booking.is_private,
        booking.reminder,
        _status(booking),
        places(booking),
        join_link_of(booking),
    )


def _described(booking: Booking, status: str, *, can_join: bool = True) -> Event:
    event, link = Event(), join_link_of(booking) if can_join else ""
    _identify(event, booking)
    event.add("summary", printable(booking.title))
    event.add("description", "\n\n".join(filter(None, (link, lines(booking.description), page_of(booking)))))
    event.add("location", ", ".join(filter(None, (places(booking), link))))
    event.add("url", link or page_of(booking))
    event.add("status", status or _status(booking))
    event.add("class", "PRIVATE" if booking.is_private else "PUBLIC")
    event.add("organizer", organizer(booking.organizer.display_name if booking.organizer else ""))
    return event


def _identify(event: Event, booking: Booking) -> None:
    """`dtstamp` is when it was last changed, so that a file that says the same is the same."""
    series = booking.series
    event.add("uid", f"{series.uid if series else booking.uid}@meet")
    event.add("sequence", booking.sequence + (series.sequence if series else 0))
    event.add("dtstamp", booking.updated_at)


def _add_times(event: Event, starts_at: datetime, ends_at: datetime) -> None:
    event.add("dtstart", starts_at)
    event.add("dtend", ends_at)


def _status(booking: Booking) -> str:
    if booking.state == BookingState.PENDING:
        return "TENTATIVE"
    return "CONFIRMED" if booking.state in TAKES_PLACE else OFF


def _add_alarm(event: Event, booking: Booking) -> None:
    if not booking.reminder:
        return
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", printable(booking.title))
    alarm.add("trigger", -timedelta(minutes=booking.reminder))
    event.add_component(alarm)
