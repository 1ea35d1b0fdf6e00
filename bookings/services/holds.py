"""A time kept free for one person while the form is filled in."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from bookings.conflicts import Asker
from bookings.models import Booking
from bookings.rules import refuse_times, refuse_who_may_not
from bookings.services.locking import locked_membership, locked_spaces, settled
from bookings.services.rows import chosen, hold_spaces, refuse_conflicts, tell_spaces
from bookings.services.wishes import Wish, well_formed
from bookings.spaces.models import Space
from bookings.states import BookingState
from realtime.refusals import Refused

LASTS = timedelta(minutes=5)
MOST = 3


@settled
def hold(
    *, user: User, spaces: tuple[Space, ...], starts_at: datetime, ends_at: datetime, replaces: UUID | None = None
) -> Booking:
    """For five minutes from now. `replaces`: a hold of the same person, moved or renewed where it is still there."""
    wish = well_formed(Wish(spaces, starts_at, ends_at, title="-"))
    organization_id = wish.spaces[0].organization_id
    membership = locked_membership(organization_id, user)
    before = hold_of(user, replaces)
    locked = locked_spaces([*(space.pk for space in wish.spaces), *spaces_held(before)])
    wanted, now = chosen(wish, locked), timezone.now()
    refuse_who_may_not(wanted, membership, at_door=False)
    refuse_times(wish.starts_at, wish.ends_at, wanted, now=now)
    held = hold_of(user, replaces) or Booking(organization_id=organization_id, organizer=user, state=BookingState.HELD)
    if _live(user).exclude(pk=held.pk).count() >= MOST:
        raise Refused("booking.too-many-holds", _("You hold several other times already. Book or leave one of those."))
    refuse_conflicts(wish, wanted, Asker(user, membership), own=held.pk)
    held.starts_at, held.ends_at, held.held_until = wish.starts_at, wish.ends_at, now.astimezone(UTC) + LASTS
    held.organization_id = organization_id
    held.save()
    hold_spaces(held, wanted)
    return held


@settled
def let_go(*, hold: UUID, user: User) -> None:
    """What is not there any more was let go already."""
    spaces = spaces_held(hold_of(user, hold))
    locked_spaces(spaces)
    held = hold_of(user, hold)
    if held is not None:
        held.delete()
        tell_spaces(spaces)


def hold_of(user: User | None, hold_id: UUID | None) -> Booking | None:
    """Their hold, if it is still there."""
    if user is None or hold_id is None:
        return None
    return Booking.objects.filter(pk=hold_id, organizer=user, state=BookingState.HELD).first()


def spaces_held(held: Booking | None) -> list[UUID]:
    return list(held.slots.values_list("space", flat=True)) if held else []


def _live(user: User) -> "QuerySet[Booking]":
    return Booking.objects.filter(organizer=user, state=BookingState.HELD, held_until__gt=timezone.now())
