"""What a space and its organization ask of a booking, whatever else is booked."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from bookings.services.wishes import Wish
from bookings.spaces.models import DAY, Amenity, Space
from organizations.models import Makers, Membership
from realtime.refusals import Refused

LATE = timedelta(minutes=5)  # a form takes a while to fill in, and the time chosen in it may have begun meanwhile


def not_allowed() -> Refused:
    return Refused("booking.not-allowed", _("You may not do that with this space or booking."))


def refuse_who_may_not(spaces: Sequence[Space], membership: Membership | None, *, at_door: bool) -> None:
    """`at_door`: whoever stands there books as a member could, where nobody has to approve."""
    makers = [spaces[0].organization.bookings_made_by, *(space.booked_by for space in spaces)]
    if at_door:
        allowed = set(makers) == {Makers.MEMBERS} and not any(space.needs_approval for space in spaces)
    else:
        allowed = membership is not None and all(membership.may_make(one) for one in makers)
    if not allowed:
        raise not_allowed()


def refuse_who_only_looks(membership: Membership | None) -> None:
    """An organizer who is a viewer by now, or no member any more, calls off and ends, and asks for nothing new."""
    if membership is None or membership.is_viewer:
        raise not_allowed()


def refuse_what_does_not_fit(wish: Wish, spaces: Sequence[Space]) -> None:
    """`spaces` together seat the people and have what is needed."""
    if wish.people > sum(space.capacity for space in spaces):
        raise Refused("booking.too-many-people", _("So many people do not fit in there."))
    if wish.needs and not set(wish.needs) <= set(Amenity.objects.filter(spaces__in=spaces)):
        raise Refused("booking.amenities-missing", _("Something that you need is not there."))


def refuse_times(
    starts_at: datetime, ends_at: datetime, spaces: Sequence[Space], *, now: datetime, began_at: datetime | None = None
) -> None:
    """`began_at`: the start of what is booked already, which may be past; spaces come with their opening hours."""
    if ends_at <= now or (starts_at < now - LATE and starts_at != began_at):
        raise Refused("booking.past", _("This time is over already."))
    for space in spaces:
        refuse_times_in(space, starts_at, ends_at, now=now)


def refuse_times_in(space: Space, starts_at: datetime, ends_at: datetime, *, now: datetime) -> None:
    if not space.is_active:
        raise Refused("booking.space-inactive", _("This space cannot be booked at present."))
    if ends_at - starts_at > timedelta(minutes=space.longest):
        raise Refused("booking.too-long", _("This is longer than the space may be booked for."))
    furthest = now.astimezone(space.zone).date() + timedelta(days=space.horizon_days)
    if starts_at.astimezone(space.zone).date() > furthest:
        raise Refused("booking.too-far", _("This is further ahead than the space can be booked."))
    if not is_open(space, starts_at, ends_at):
        raise Refused("booking.closed", _("The space is closed at that time."))


def is_open(space: Space, starts_at: datetime, ends_at: datetime) -> bool:
    """All of the time; a space without opening hours always is."""
    hours = {one.weekday: (one.opens, one.closes) for one in space.opening_hours.all()}
    return not hours or all(
        weekday in hours and hours[weekday][0] <= begin and end <= hours[weekday][1]
        for weekday, begin, end in _parts_of_days(starts_at, ends_at, space.zone)
    )


def _parts_of_days(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> Iterator[tuple[int, int, int]]:
    """Weekday, begin and end in minutes of that day, for every day that the time touches."""
    begin, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
    for offset in range((end.date() - begin.date()).days + 1):
        day = begin.date() + timedelta(days=offset)
        first = _minutes(begin.time()) if day == begin.date() else 0
        last = _minutes(end.time()) if day == end.date() else DAY
        if last > 0:
            yield day.weekday(), first, last


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def needs_approval(spaces: Iterable[Space], membership: Membership | None) -> bool:
    return any(space.needs_approval for space in spaces) and not (membership is not None and membership.is_admin)
