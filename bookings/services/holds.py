"""A time kept free for one person while the form is filled in."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from bookings.conflicts import Asker
from bookings.models import Booking, Slot
from bookings.occupancy import blocked
from bookings.rules import refuse_times, refuse_who_may_not
from bookings.services.locking import locked_membership, locked_spaces, settled
from bookings.services.rows import chosen, hold_spaces, refuse_conflicts, tell_spaces
from bookings.services.wishes import Wish, well_formed
from bookings.spaces.models import Space
from bookings.states import BookingState
from realtime.refusals import Refused
from rooms.schedules.times import Span

LASTS = timedelta(minutes=5)
MOST = 3


@settled
def hold(
    *, user: User, spaces: tuple[Space, ...], starts_at: datetime, ends_at: datetime, replaces: UUID | None = None
) -> Booking:
    """For five minutes from now. `replaces`: a hold of the same person, moved or renewed where it is still there; those
    that it overlaps make room for it."""
    wish = well_formed(Wish(spaces, starts_at, ends_at, title="-"))
    organization_id = wish.spaces[0].organization_id
    membership = locked_membership(organization_id, user)
    own = own_holds(user, replaces, wish.spaces, [Span(wish.starts_at, wish.ends_at)])
    locked = locked_spaces([*(space.pk for space in wish.spaces), *spaces_held(own)])
    wanted, now = chosen(wish, locked), timezone.now()
    refuse_who_may_not(wanted, membership, at_door=False)
    refuse_times(wish.starts_at, wish.ends_at, wanted, now=now)
    held = hold_of(user, replaces) or Booking(organization_id=organization_id, organizer=user, state=BookingState.HELD)
    if _live(user).exclude(pk__in=[one.pk for one in own]).count() >= MOST:
        raise Refused("booking.too-many-holds", _("You hold several other times already. Book or leave one of those."))
    refuse_conflicts(wish, wanted, Asker(user, membership), own=own)
    drop([one for one in own if one != held])
    held.starts_at, held.ends_at, held.held_until = wish.starts_at, wish.ends_at, now.astimezone(UTC) + LASTS
    held.organization_id = organization_id
    held.save()
    hold_spaces(held, wanted)
    return held


@settled
def let_go(*, hold: UUID, user: User) -> None:
    """What is not there any more was let go already."""
    held = hold_of(user, hold)
    if held is not None:
        locked_spaces(spaces_held([held]))
        drop([held])


def hold_of(user: User | None, hold_id: UUID | None) -> Booking | None:
    """Their hold, if it is still there."""
    return holds_of(user).filter(pk=hold_id).first() if hold_id else None


def holds_of(user: User | None) -> "QuerySet[Booking]":
    """All of theirs, those that have run out too."""
    return Booking.objects.filter(organizer=user, state=BookingState.HELD) if user else Booking.objects.none()


def own_holds(user: User | None, named: UUID | None, spaces: Collection[Space], spans: Sequence[Span]) -> list[Booking]:
    """The hold that is `named`, and whatever else they hold themselves where they want one of these times."""
    first = hold_of(user, named)
    found = {first.pk: first} if first else {}
    if user is not None:
        wanted = {space.pk: space for space in spaces}
        live = {"booking__state": BookingState.HELD, "booking__held_until__gt": timezone.now()}
        slots = Slot.objects.filter(space__in=list(wanted), booking__organizer=user.pk, **live)
        for slot in slots.select_related("booking"):
            if any(_overlaps(slot, blocked(wanted[slot.space_id], span)) for span in spans):
                found.setdefault(slot.booking_id, slot.booking)
    return list(found.values())


def spaces_held(holds: Collection[Booking]) -> list[UUID]:
    return list(Slot.objects.filter(booking__in=holds).values_list("space", flat=True)) if holds else []


def drop(holds: Collection[Booking]) -> None:
    """Those that are no booking by now. The caller has locked their spaces."""
    if not holds:
        return
    spaces = spaces_held(holds)
    Booking.objects.filter(pk__in=[hold.pk for hold in holds], state=BookingState.HELD).delete()
    tell_spaces(spaces)


def _overlaps(slot: Slot, span: Span) -> bool:
    return slot.blocked_from < span.ends_at and span.starts_at < slot.blocked_until


def _live(user: User) -> "QuerySet[Booking]":
    return holds_of(user).filter(held_until__gt=timezone.now())
