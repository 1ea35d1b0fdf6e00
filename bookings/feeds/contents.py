"""What a feed has in it: a month back and a year ahead."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone, translation
from icalendar import Event

from bookings.access import bookings_of, may_read
from bookings.calendars.events import TAKES_PLACE, busy_event, readable, single_event
from bookings.calendars.files import published
from bookings.feeds.models import Feed, FeedKind
from bookings.models import Booking
from organizations.models import Membership
from rooms.schedules.calendar import event_of as event_of_schedule
from rooms.schedules.models import Schedule

BACK, AHEAD = timedelta(days=30), timedelta(days=365)


def written(feed: Feed) -> str:
    """The same text as long as nothing in it changes."""
    with translation.override(feed.user.language):
        if feed.kind == FeedKind.MINE:
            return published([*_own(feed), *_schedules(feed)], name=title_of(feed))
        return published(_of_others(feed), name=title_of(feed))


def title_of(feed: Feed) -> str:
    return str(feed.space or feed.organization or FeedKind(feed.kind).label)


def _own(feed: Feed) -> Iterator[Event]:
    return (single_event(one, can_join=True) for one in _within(bookings_of(feed.user)))


def _of_others(feed: Feed) -> Iterator[Event]:
    """Without what lets people in: such links are handed on to whoever plans the day."""
    organization = feed.space.organization if feed.space else feed.organization
    membership = Membership.objects.filter(user=feed.user, organization=organization).first()
    found = _within(Booking.objects.filter(spaces=feed.space) if feed.space else Booking.objects.all())
    invited = set(bookings_of(feed.user).filter(organization=organization).values_list("pk", flat=True))
    for booking in found.filter(organization=organization):
        is_shown = booking.pk in invited or may_read(booking, feed.user, membership)
        yield single_event(booking, can_join=False) if is_shown else busy_event(booking)


def _within(bookings: "QuerySet[Booking]") -> "QuerySet[Booking]":
    now = timezone.now()
    found = bookings.within(now - BACK, now + AHEAD).filter(state__in=TAKES_PLACE)  # type: ignore[attr-defined]
    return readable(found).order_by("starts_at", "pk")


def _schedules(feed: Feed) -> Iterator[Event]:
    """Meetings planned in rooms, with their rules."""
    now = timezone.now()
    mine = Schedule.objects.for_person(feed.user).filter(cancelled_at__isnull=True, over_at__gt=now - BACK)
    for schedule in mine.filter(starts_at__lt=now + AHEAD).select_related("room", "organizer").order_by("pk"):
        event = event_of_schedule(schedule)
        event.pop("dtstamp")
        event.add("dtstamp", schedule.updated_at)
        yield event
