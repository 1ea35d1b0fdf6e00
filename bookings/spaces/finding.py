"""Which spaces fit, which of them are free at a time, and what goes on in them now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.utils import timezone

from bookings.spaces import diary
from bookings.spaces.access import spaces_for
from bookings.spaces.diary import Entry
from bookings.spaces.grid import may_book, midnight, opening
from bookings.spaces.models import DAY, LONGEST_BUFFER, Space, SpaceQuerySet
from organizations.models import Membership
from rooms.schedules.times import NoSuchTime, in_zone

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
        rows: Any = Space.amenities.through.objects.filter(amenity__in=asked["amenities"]).values("space")
        spaces = spaces.filter(pk__in=rows.annotate(n=Count("pk")).filter(n=len(asked["amenities"])).values("space"))
    return spaces


def free_at(spaces: SpaceQuerySet, reader: Membership, day: date, begin: int, end: int) -> list[Space]:
    """What this member could book then, by the clock of each space, the smallest first."""
    spans = {
        space: span
        for space in spaces.prefetch_related("opening_hours").order_by("capacity", "name")
        if (span := _span(space, day, begin, end)) and _is_bookable(space, reader, day, begin, end, span)
    }
    if not spans:
        return []
    around = timedelta(minutes=LONGEST_BUFFER)
    earliest, latest = min(span[0] for span in spans.values()), max(span[1] for span in spans.values())
    booked = diary.read(spans, earliest - around, latest + around, reader)
    return [space for space, span in spans.items() if not any(_collides(space, span, one) for one in booked[space.pk])]


def _span(space: Space, day: date, begin: int, end: int) -> tuple[datetime, datetime] | None:
    try:
        return _instant(space.zone, day, begin), _instant(space.zone, day, end)
    except NoSuchTime:
        return None


def _instant(zone: ZoneInfo, day: date, minute: int) -> datetime:
    return in_zone(datetime.combine(day, time()) + timedelta(minutes=minute), zone)


def _is_bookable(space: Space, reader: Membership, day: date, begin: int, end: int, span: Any) -> bool:
    opens, closes = opening(space, day)
    now = timezone.now()
    return (
        opens <= begin
        and end <= closes
        and span[1] - span[0] <= timedelta(minutes=space.longest)
        and now <= span[0] <= now + timedelta(days=space.horizon_days)
        and may_book(space, reader)
    )


def _collides(space: Space, span: tuple[datetime, datetime], entry: Entry) -> bool:
    begin = span[0] - timedelta(minutes=space.buffer_before)
    end = span[1] + timedelta(minutes=space.buffer_after)
    return entry.blocked_from < end and entry.blocked_until > begin


@dataclass(frozen=True, slots=True)
class Occupancy:
    """What goes on in a space now. `until`: when that changes, None for not within a day."""

    space: Space
    state: str  # busy, closed or free
    until: datetime | None
    next: Entry | None
    may_book: bool


def now_and_next(spaces: Iterable[Space], reader: Membership) -> list[Occupancy]:
    """Spaces come with their opening hours."""
    spaces, now = list(spaces), timezone.now()
    booked = diary.read(spaces, now, now + AHEAD, reader)
    return [_occupancy(space, booked[space.pk], now, reader) for space in spaces]


def _occupancy(space: Space, entries: list[Entry], now: datetime, reader: Membership) -> Occupancy:
    coming = next((one for one in entries if one.blocked_from > now), None)
    return Occupancy(space, *_state(space, entries, coming, now), coming, may_book(space, reader))


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
