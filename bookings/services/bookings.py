"""To book, to change, to cancel."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.actions import Action
from audit.services import record
from bookings import rules
from bookings.access import may_change
from bookings.conflicts import Asker, Changed
from bookings.facts import Facts
from bookings.models import Booking
from bookings.services.holds import drop, hold_of, own_holds, spaces_held
from bookings.services.locking import (
    locked,
    locked_membership,
    locked_spaces,
    membership_of,
    settled,
    unlocked_spaces,
)
from bookings.services.rows import chosen, free_spaces, hold_spaces, over, refuse_conflicts, tell_spaces, turn, write
from bookings.services.wishes import Wish, well_formed
from bookings.signals import booking_cancelled, booking_changed, booking_made
from bookings.spaces.models import Space
from bookings.states import HOLDING, STANDING, BookingState
from organizations.models import Membership
from realtime.refusals import Refused
from rooms.schedules.times import Span

LONGEST_KEY = 64


def book(
    *,
    organizer: User | None,
    wish: Wish,
    hold: UUID | None = None,
    key: str = "",
    membership: Membership | None = None,
) -> Booking:
    """`hold`: of the same person, which becomes the booking; `key`: of one request, however often it comes, that is
    answered with the booking of the first; `membership`: of the organizer, where it was just read. Without an organizer
    it is booked at the door."""
    wish = well_formed(wish)
    refuse_long_key(key)
    known = _made_with(organizer, key, wish)
    try:
        return known or _look_and_book(organizer, wish, hold, key, membership)
    except Refused:
        if (known := _made_with(organizer, key, wish)) is not None:  # by the same request, which came meanwhile
            return known
        raise


def _look_and_book(
    organizer: User | None, wish: Wish, hold: UUID | None, key: str, membership: Membership | None
) -> Booking:
    """Asked before locking too, so that in a rush those who have no chance wait for nobody."""
    asker = Asker(organizer, membership or membership_of(wish.spaces[0].organization_id, organizer))
    _refuse(wish, unlocked_spaces(wish), asker, hold_of(organizer, hold), None)
    return _book(organizer, wish, hold, key)


@settled
def _book(organizer: User | None, wish: Wish, hold: UUID | None, key: str) -> Booking:
    organization_id = wish.spaces[0].organization_id
    asker = Asker(organizer, locked_membership(organization_id, organizer))
    if (known := _made_with(organizer, key, wish)) is not None:
        return known
    own = _own(organizer, wish, hold)
    spaces = chosen(wish, locked_spaces([*(space.pk for space in wish.spaces), *spaces_held(own)]))
    held = hold_of(organizer, hold)
    _refuse(wish, spaces, asker, held, own)
    drop([one for one in own if one != held])
    booking = held or Booking(organizer=organizer)
    needs_approval = rules.needs_approval(spaces, asker.membership)
    booking.state = BookingState.PENDING if needs_approval else BookingState.CONFIRMED
    booking.organization_id, booking.held_until, booking.idempotency_key = organization_id, None, key or None
    write(booking, wish)
    hold_spaces(booking, spaces)
    record_made(booking, organizer)
    booking_made.send(Booking, booking=booking, wish=wish, actor=organizer, in_series=False)
    return booking


def _own(organizer: User | None, wish: Wish, hold: UUID | None) -> list[Booking]:
    return own_holds(organizer, hold, wish.spaces, [Span(wish.starts_at, wish.ends_at)])


def _refuse(wish: Wish, spaces: Sequence[Space], asker: Asker, held: Booking | None, own: list[Booking] | None) -> None:
    """`held`: the hold that becomes the booking; `own`: as for `refuse_conflicts`."""
    rules.refuse_who_may_not(spaces, asker.membership, at_door=asker.user is None)
    rules.refuse_what_does_not_fit(wish, spaces)
    now = timezone.now()
    rules.refuse_times(wish.starts_at, wish.ends_at, spaces, now=now, began_at=held.starts_at if held else None)
    refuse_beyond_quota(asker.membership)
    refuse_conflicts(wish, spaces, asker, own=own)


@settled
def change(*, booking: Booking, actor: User, version: int, wish: Wish) -> Booking:
    """All of it as in `wish`; `version` is the one that the actor saw. A space that needs approval needs it anew for
    another time or space, unless an administrator moves the booking."""
    wish = well_formed(wish)
    refuse_spaces_elsewhere(booking, wish)
    found, rows = locked(booking, also=[space.pk for space in wish.spaces])
    refuse_unless_theirs(found, actor)
    refuse_what_changed(found, version)
    membership, spaces = membership_of(found.organization_id, actor), chosen(wish, rows)
    rules.refuse_who_only_looks(membership)
    if asks_anew(wish, found):
        rules.refuse_what_does_not_fit(wish, spaces)
    is_moved = moves(wish, found)
    if is_moved:
        _refuse_move(found, wish, spaces, Asker(actor, membership))
    before = Facts.of(found)
    write_change(found, wish, spaces if is_moved else [], approved=not rules.needs_approval(spaces, membership))
    tell_change(found, before, wish, actor)
    return found


def moves(wish: Wish, booking: Booking) -> bool:
    """To another time or another space."""
    times = (booking.starts_at, booking.ends_at)
    return times != (wish.starts_at, wish.ends_at) or _goes_elsewhere(wish, booking)


def asks_anew(wish: Wish, booking: Booking) -> bool:
    """For other spaces, people or equipment; what stays as it is keeps a space that has less by now."""
    is_other = wish.people != booking.people or set(wish.needs) != set(booking.needs.all())
    return is_other or _goes_elsewhere(wish, booking)


def _goes_elsewhere(wish: Wish, booking: Booking) -> bool:
    return set(booking.slots.values_list("space", flat=True)) != {space.pk for space in wish.spaces}


def write_change(booking: Booking, wish: Wish, move_to: Sequence[Space], *, approved: bool) -> None:
    """The caller holds the locks and has refused what cannot be. `move_to` is empty for what stays where it is, and
    keeps its approval."""
    if move_to and not approved and booking.state == BookingState.CONFIRMED:
        turn(booking, BookingState.PENDING)
    write(booking, wish)
    if move_to:
        hold_spaces(booking, move_to)


def tell_change(
    booking: Booking, before: Facts, wish: Wish | None, actor: User | None, *, in_series: bool = False
) -> None:
    """Counts the change, and says what it is. Its meeting follows when it is told."""
    after = Facts.of(booking)
    if wish is not None:
        after = replace(after, meeting=wish.where)
    booking.version += 1
    booking.sequence += after.is_news_after(before)
    booking.save()
    if not in_series:
        record(
            action=Action.BOOKING_CHANGED,
            entity=booking,
            actor=actor,
            organization=booking.organization_id,
            fields=after.other_than(before),
        )
    tell_spaces(space_id for space_id, _name in after.spaces)
    booking_changed.send(
        Booking, booking=booking, before=before, after=after, wish=wish, actor=actor, in_series=in_series
    )


@settled
def cancel(*, booking: Booking, actor: User, version: int | None = None) -> Booking:
    """Frees the spaces at once. What is cancelled stays cancelled, however often it is asked for. `version`: the one
    that the actor saw, if they saw one."""
    found, _spaces = locked(booking)
    refuse_unless_theirs(found, actor)
    refuse_unseen(found, version)
    if found.state != BookingState.CANCELLED:
        write_cancellation(found, actor)
    return found


def write_cancellation(booking: Booking, actor: User | None, *, in_series: bool = False) -> None:
    """The caller holds the locks."""
    turn(booking, BookingState.CANCELLED)
    booking.ended_at = timezone.now()
    booking.sequence += 1
    booking.save()
    free_spaces(booking)
    record(action=Action.BOOKING_CANCELLED, entity=booking, actor=actor, organization=booking.organization_id)
    booking_cancelled.send(Booking, booking=booking, actor=actor, in_series=in_series)


def refuse_spaces_elsewhere(booking: Booking, wish: Wish) -> None:
    """Those of another organization."""
    if any(space.organization_id != booking.organization_id for space in wish.spaces):
        raise rules.not_allowed()


def refuse_unless_theirs(booking: Booking, actor: User) -> None:
    if booking.state == BookingState.HELD or not may_change(booking, actor):
        raise rules.not_allowed()


def refuse_what_changed(booking: Booking, version: int) -> None:
    if booking.state not in STANDING or booking.ends_at <= timezone.now():
        raise over()
    refuse_unseen(booking, version)


def refuse_unseen(booking: Booking, version: int | None) -> None:
    """Unless it is cancelled, which nobody has to see."""
    if version is not None and booking.version != version and booking.state != BookingState.CANCELLED:
        raise Changed(booking)


def refuse_beyond_quota(membership: Membership | None, *, more: int = 1) -> None:
    """The caller holds the membership's lock."""
    if membership is None or not membership.organization.bookings_per_person:
        return
    standing = Booking.objects.standing().filter(organization=membership.organization_id, organizer=membership.user_id)
    if standing.count() + more > membership.organization.bookings_per_person:
        raise Refused("booking.quota", _("You have as many bookings as one person may have here."))


def record_made(booking: Booking, organizer: User | None) -> None:
    record(
        action=Action.BOOKING_CREATED,
        entity=booking,
        actor=organizer,
        organization=booking.organization_id,
        state=booking.state,
        starts_at=booking.starts_at.isoformat(),
        ends_at=booking.ends_at.isoformat(),
        spaces=sorted(booking.spaces.values_list("name", flat=True)),
    )


def refuse_long_key(key: str) -> None:
    if len(key) > LONGEST_KEY:
        raise Refused("booking.invalid", _("This key is longer than 64 characters."))


def _refuse_move(booking: Booking, wish: Wish, spaces: Sequence[Space], asker: Asker) -> None:
    is_another = wish.starts_at != booking.starts_at or _goes_elsewhere(wish, booking)
    if booking.state == BookingState.CHECKED_IN and is_another:
        raise Refused("booking.begun", _("It has begun, so only its end can be another."))
    rules.refuse_who_may_not(spaces, asker.membership, at_door=False)
    rules.refuse_times(wish.starts_at, wish.ends_at, spaces, now=timezone.now(), began_at=booking.starts_at)
    refuse_conflicts(wish, spaces, asker, own=[booking])


def key_used() -> Refused:
    return Refused("booking.key-used", _("This form was sent before, and what it booked is not this. Open it anew."))


def _made_with(organizer: User | None, key: str, wish: Wish) -> Booking | None:
    """Refuses a key that came with something else, or whose booking is not so any more."""
    if organizer is None or not key:
        return None
    known = Booking.objects.filter(organizer=organizer, idempotency_key=key).first()
    if known is not None and (known.state not in HOLDING or known.title != wish.title or moves(wish, known)):
        raise key_used()
    return known
