"""Rows of a booking, written by verbs that hold the locks."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bookings.alternatives import Search, around
from bookings.conflicts import Asker, Conflict, taken
from bookings.models import Attendee, Booking, Slot
from bookings.occupancy import Occupancy, blocked
from bookings.services.wishes import FIELDS, Wish
from bookings.spaces.models import Space
from bookings.states import NEXT, BookingState
from realtime import topics
from realtime.broadcast import broadcast
from realtime.refusals import Refused
from rooms.schedules.times import Span


def chosen(wish: Wish, spaces: dict[UUID, Space]) -> list[Space]:
    """The locked rows in the order of the wish."""
    if not all(space.pk in spaces for space in wish.spaces):
        raise Refused("booking.space-inactive", _("This space cannot be booked at present."))
    return [spaces[space.pk] for space in wish.spaces]


def refuse_conflicts(wish: Wish, spaces: Sequence[Space], asker: Asker, *, own: Iterable[Booking] | None) -> None:
    """`own` make room for it: the caller holds their spaces. None where nothing is locked: then all that the asker is
    about to book does, and what is around is read at once."""
    span = Span(wish.starts_at, wish.ends_at)
    if own is None:
        near = wide = Occupancy(spaces, around(span), holder=asker.user)
    else:
        makes_room = {one.pk for one in own}
        near, wide = (Occupancy(spaces, one, except_for=makes_room) for one in (span, around(span)))
    found = taken(near, spaces, span, asker)
    if found:
        raise Conflict(found, Search(wish, spaces, asker.membership, wide, timezone.now()))


def write(booking: Booking, wish: Wish) -> None:
    """All but the spaces."""
    is_new = booking._state.adding
    for field in FIELDS:
        setattr(booking, field, getattr(wish, field))
    booking.save()
    if wish.needs or not is_new:
        booking.needs.set(wish.needs)
    if wish.attendees or not is_new:
        invite(booking, wish.attendees)


def invite(booking: Booking, addresses: Sequence[str]) -> None:
    """Who stays keeps the answer."""
    known = set(booking.attendees.values_list("email", flat=True))
    if gone := known.difference(addresses):
        booking.attendees.filter(email__in=gone).delete()
    new = [address for address in addresses if address not in known]
    Attendee.objects.bulk_create(Attendee(booking=booking, email=address) for address in new)


def hold_spaces(booking: Booking, spaces: Sequence[Space]) -> None:
    """The booking holds these for its time, and no others."""
    before = {slot.space_id: slot for slot in booking.slots.all()}
    for gone in before.keys() - {space.pk for space in spaces}:
        before[gone].delete()
    for space in spaces:
        span = blocked(space, Span(booking.starts_at, booking.ends_at))
        slot = before.get(space.pk) or Slot(booking=booking, space=space)
        slot.blocked_from, slot.blocked_until, slot.is_held = span.starts_at, span.ends_at, True
        slot.save()
    tell_spaces({space.pk for space in spaces} | before.keys())


def turn(booking: Booking, state: BookingState) -> None:
    """Into its next state; refused where it does not follow, or everything is over. Saved by the caller."""
    if state not in NEXT[BookingState(booking.state)]:
        raise over()
    booking.state = state
    booking.version += 1


def free_spaces(booking: Booking) -> None:
    """At once, whatever its time."""
    booking.slots.update(is_held=False)
    tell_spaces(booking.slots.values_list("space", flat=True))


def tell_spaces(ids: Iterable[UUID]) -> None:
    """Live pages of these spaces look again."""
    for space_id in ids:
        broadcast(topics.space(space_id), {"type": "space.changed"})


def over() -> Refused:
    return Refused("booking.over", _("This booking is over or was cancelled, so it does not change any more."))
