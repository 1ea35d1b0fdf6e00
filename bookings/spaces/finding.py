"""Which spaces fit, which of them are free at a time, and what goes on in them now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from bookings.occupancy import Occupancy
from bookings.rules import refuse_times
from bookings.spaces import diary
from bookings.spaces.access import spaces_for
from bookings.spaces.diary import Entry
from bookings.spaces.grid import may_book, midnight, opening
from bookings.spaces.models import DAY, Space, SpaceQuerySet
from organizations.models import Membership
from realtime.refusals import Refused
from rooms.schedules.times import NoSuchTime, Span, in_zone

AHEAD = timedelta(days=1)  # how far the next booking is looked for


def buildings_of(member: Membership) -> list[str]:
    named = spaces_for(member).exclude(building="").order_by("building")
    return list(named.values_list("building", flat=True).distinct())


def matching(spaces: SpaceQuerySet, asked: dict[str, Any]) -> SpaceQuerySet:
    """`asked`: people, building, amenities, each of them or not."""
    if "people" in asked:
        spaces = spaces.filter(capacity__gte=asked["people"])
    if "building" in asked:
        spaces = spaces.filter(building=asked["building"])
    if "amenities" in asked:
        spaces = spaces.with_all(asked["amenities"])
    return spaces


def free_at(spaces: SpaceQuerySet, day: date, begin: int, end: int) -> list[Space]:
    """What can be booked then, whoever may, by the clock of each space, the smallest first."""
    found = spaces.select_related("organization").prefetch_related("opening_hours").order_by("capacity", "name")
    spans = {space: span for space in found if (span := _span(space, day, begin, end)) and _suits(space, span)}
    if not spans:
        return []
    around = Span(min(span.starts_at for span in spans.values()), max(span.ends_at for span in spans.values()))
    occupancy = Occupancy(spans, around)
    return [space for space, span in spans.items() if occupancy.is_free(space, span)]


def _span(space: Space, day: date, begin: int, end: int) -> Span | None:
    midnight = datetime.combine(day, time())
    try:
        return Span(*(in_zone(midnight + timedelta(minutes=minute), space.zone) for minute in (begin, end)))
    except NoSuchTime:
        return None


def _suits(space: Space, span: Span) -> bool:
    try:
        refuse_times(span.starts_at, span.ends_at, [space], now=timezone.now())
    except Refused:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Present:
    """What goes on in a space now. `until`: when that changes, None for not within a day."""

    space: Space
    state: str  # busy, closed or free
    until: datetime | None
    next: Entry | None
    may_book: bool


def now_and_next(spaces: Iterable[Space], reader: Membership) -> list[Present]:
    """Spaces come with their opening hours."""
    spaces, now = list(spaces), timezone.now()
    booked = diary.read(spaces, now, now + AHEAD, reader)
    return [_occupancy(space, booked[space.pk], now, reader) for space in spaces]


def _occupancy(space: Space, entries: list[Entry], now: datetime, reader: Membership) -> Present:
    coming = next((one for one in entries if one.blocked_from > now), None)
    return Present(space, *_state(space, entries, coming, now), coming, may_book(space, reader))


def _state(space: Space, entries: list[Entry], coming: Entry | None, now: datetime) -> tuple[str, datetime | None]:
    current = next((one for one in entries if one.blocked_from <= now), None)
    if current is not None:
        return "busy", current.blocked_until
    today = now.astimezone(space.zone).date()
    hours = opening(space, today)
    opens, closes = (_at(space, today, minute) for minute in hours)
    if not opens <= now < closes:
        return "closed", opens if now < opens < closes else None
    edges = [closes] if hours != (0, DAY) else []
    return "free", min(edges + ([coming.blocked_from] if coming else []), default=None)


def _at(space: Space, day: date, minute: int) -> datetime:
    """Like people read a clock, also over a change of the clocks."""
    if minute == DAY:
        return midnight(space.zone, day + timedelta(days=1))
    return midnight(space.zone, day).replace(hour=minute // 60, minute=minute % 60)
