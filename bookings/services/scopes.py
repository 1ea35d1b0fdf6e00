"""Changing and cancelling several dates of a series at once: one and those after it, or all that are to come.

Where earlier dates stay as they are, the series is split: the old one ends before the first that changes, and a new one
begins there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.actions import Action
from audit.services import record
from bookings import rules
from bookings.conflicts import Asker
from bookings.facts import Facts
from bookings.models import Booking, Series, Slot
from bookings.recurrence import Pattern, ending_before, on_other_days, refused
from bookings.services import bookings as single
from bookings.services.dates import planned, refuse_problems
from bookings.services.locking import Moved, locked_bookings, locked_series, locked_spaces, membership_of, settled
from bookings.services.rows import chosen
from bookings.services.series import leave_out
from bookings.services.wishes import Wish, well_formed
from bookings.signals import series_cancelled, series_changed
from bookings.spaces.models import Space
from bookings.states import BookingState
from organizations.models import Organization
from realtime.refusals import Refused
from rooms.schedules.times import Span

GONE = (BookingState.CANCELLED, BookingState.DECLINED)


class Scope(StrEnum):
    THIS = "THIS"
    FOLLOWING = "FOLLOWING"
    ALL = "ALL"


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a scope means of a series: standing bookings in order, and the one where it was chosen; all locked."""

    series: Series
    booking: Booking
    bookings: list[Booking]
    spaces: dict[UUID, Space]

    @property
    def is_whole(self) -> bool:
        """Whether all else in the series was called off."""
        others = self.series.bookings.exclude(pk__in=[one.pk for one in self.bookings])
        return not others.exclude(state__in=GONE).exists()

    def is_timed(self, wish: Wish) -> bool:
        return (wish.starts_at, wish.ends_at) != (self.booking.starts_at, self.booking.ends_at)

    def is_as_long(self, wish: Wish) -> bool:
        return wish.length == self.booking.ends_at - self.booking.starts_at

    def starts(self, wish: Wish) -> list[datetime]:
        """When the series has each from now on."""
        return [self._moved(original(one), wish) for one in self.bookings]

    def spans(self, wish: Wish) -> list[Span]:
        """Where the wish has them: each as far from where it was as the one that was chosen, and as long if the wish
        has another length."""
        return [self._span(one, wish) for one in self.bookings]

    def _span(self, one: Booking, wish: Wish) -> Span:
        if one == self.booking:
            return Span(wish.starts_at, wish.ends_at)
        starts_at = self._moved(one.starts_at, wish)
        return Span(starts_at, starts_at + (one.ends_at - one.starts_at if self.is_as_long(wish) else wish.length))

    def _moved(self, moment: datetime, wish: Wish) -> datetime:
        """By the clock on the wall."""
        zone = self.series.zone
        by = _wall(wish.starts_at, zone) - _wall(self.booking.starts_at, zone)
        return (_wall(moment, zone) + by).replace(tzinfo=zone).astimezone(UTC) if by else moment


@dataclass(frozen=True, slots=True)
class Change:
    """What one of them is to be; `moves`: to another time or another space."""

    booking: Booking
    wish: Wish
    spaces: list[Space]
    moves: bool


@settled
def change_series(*, booking: Booking, actor: User, version: int, wish: Wish, scope: Scope) -> Booking:
    """As `change`, for each that is meant and has not begun. What the wish has other than the booking goes to all, and
    the rest stays in each as it is: at another time all are moved by as much, and are as long if it has another length;
    who is invited besides or no more is so to each. Every one or none."""
    if scope == Scope.THIS or booking.series_id is None:
        return single.change(booking=booking, actor=actor, version=version, wish=wish)
    wish = well_formed(wish)
    single.refuse_spaces_elsewhere(booking, wish)
    stretch = locked_stretch(booking, scope, wish.spaces, begun=False)
    single.refuse_unless_theirs(stretch.booking, actor)
    single.refuse_what_changed(stretch.booking, version)
    asker = Asker(actor, membership_of(booking.organization_id, actor))
    rules.refuse_who_only_looks(asker.membership)
    changes = _changes(stretch, wish)
    moving = [one for one in changes if one.moves]
    if moving:
        _refuse_move(moving, wish, chosen(wish, stretch.spaces), asker)
    before = [Facts.of(one) for one in stretch.bookings]
    series = _series_for(stretch, wish)
    # they may take each other's places
    Slot.objects.filter(booking__in=[one.booking for one in moving]).update(is_held=False)
    for one in changes:
        approved = not rules.needs_approval(one.spaces, asker.membership)
        single.write_change(one.booking, one.wish, one.spaces if one.moves else [], approved=approved)
    for one, was in zip(changes, before, strict=True):
        single.tell_change(one.booking, was, one.wish, actor, in_series=True)
    _record(Action.SERIES_CHANGED, series, stretch.bookings, actor)
    previous = stretch.series if stretch.series != series else None
    series_changed.send(
        Series, series=series, previous=previous, bookings=stretch.bookings, before=before, wish=wish, actor=actor
    )
    return next(one for one in stretch.bookings if one == stretch.booking)


@settled
def cancel_series(*, booking: Booking, actor: User, scope: Scope, version: int | None = None) -> Booking:
    """As `cancel`, for each that is meant and still stands."""
    if scope == Scope.THIS or booking.series_id is None:
        return single.cancel(booking=booking, actor=actor, version=version)
    stretch = locked_stretch(booking, scope, begun=False)
    single.refuse_unless_theirs(stretch.booking, actor)
    single.refuse_unseen(stretch.booking, version)
    if stretch.bookings:
        _cancel(stretch, actor)
    return next((one for one in stretch.bookings if one == stretch.booking), stretch.booking)


@settled
def cancel_everything(*, organization: Organization, actor: User) -> None:
    """What stands in all of its spaces, whoever booked it."""
    standing = Booking.objects.standing().filter(organization=organization)
    series = {one.pk: one for one in locked_series(standing)}
    spaces = locked_spaces(Space.objects.filter(organization=organization).values_list("pk", flat=True))
    dates: dict[UUID, list[Booking]] = {}
    for one in locked_bookings(standing.values_list("pk", flat=True)):
        if one.series_id is None:
            single.write_cancellation(one, actor)
        else:
            dates.setdefault(one.series_id, []).append(one)
    for pk, found in dates.items():
        found.sort(key=original)
        _cancel(Stretch(series[pk], found[0], found, spaces), actor)


def _cancel(stretch: Stretch, actor: User) -> None:
    if stretch.is_whole:
        tell_more(stretch.series)
    else:
        _cut(stretch.series, original(stretch.bookings[0]))
    for one in stretch.bookings:
        single.write_cancellation(one, actor, in_series=True)
    _record(Action.SERIES_CANCELLED, stretch.series, stretch.bookings, actor)
    series_cancelled.send(Series, series=stretch.series, bookings=stretch.bookings, actor=actor)


def original(booking: Booking) -> datetime:
    """When its series had it."""
    return booking.original_starts_at or booking.starts_at


def locked_stretch(booking: Booking, scope: Scope, also: Sequence[Space] = (), *, begun: bool = True) -> Stretch:
    """Without those that have `begun`, but for the one where it was chosen."""
    current = Booking.objects.filter(pk=booking.pk, series__isnull=False).first()
    if current is None:
        raise Moved
    series = Series.objects.select_for_update(no_key=True, of=("self",)).filter(bookings=current).get()
    standing = series.bookings.standing()
    if not begun:
        standing = standing.filter(Q(starts_at__gt=timezone.now()) | Q(id=current.id))
    if scope == Scope.FOLLOWING:
        standing = standing.filter(original_starts_at__gte=original(current))
    ids = {*standing.values_list("pk", flat=True), booking.pk}
    spaces = locked_spaces([*_held_by(ids), *(space.pk for space in also)])
    rows = {one.pk: one for one in locked_bookings(ids)}
    found = sorted(standing.filter(pk__in=ids).values_list("original_starts_at", "pk"))
    if rows.keys() != ids or rows[current.pk].series_id != series.pk or not spaces.keys() >= _held_by(ids):
        raise Moved
    return Stretch(series, rows[current.pk], [rows[pk] for _starts_at, pk in found], spaces)


def _held_by(bookings: Iterable[UUID]) -> set[UUID]:
    return set(Slot.objects.filter(booking__in=bookings).values_list("space", flat=True))


def _changes(stretch: Stretch, wish: Wish) -> list[Change]:
    """Refuses what does not fit where it is to be."""
    shown, found = Wish.of(stretch.booking), []
    for booking, span in zip(stretch.bookings, stretch.spans(wish), strict=True):
        own = wish.carried_to(Wish.of(booking), shown=shown)
        own = well_formed(replace(own, starts_at=span.starts_at, ends_at=span.ends_at))
        spaces = chosen(own, stretch.spaces)
        if single.asks_anew(own, booking):
            rules.refuse_what_does_not_fit(own, spaces)
        found.append(Change(booking, own, spaces, single.moves(own, booking)))
    return found


def _refuse_move(moving: Sequence[Change], wish: Wish, spaces: Sequence[Space], asker: Asker) -> None:
    """`wish` and its `spaces`: for what else there may be."""
    bookings = [one.booking for one in moving]
    if any(one.starts_at <= timezone.now() or one.state == BookingState.CHECKED_IN for one in bookings):
        raise Refused("booking.begun", _("It has begun, so only its end can be another."))
    rules.refuse_who_may_not([space for one in moving for space in one.spaces], asker.membership, at_door=False)
    dates = [(Span(one.wish.starts_at, one.wish.ends_at), one.spaces) for one in moving]
    refuse_problems(planned(dates, asker, except_for=[one.pk for one in bookings]), wish, spaces, asker)


def _series_for(stretch: Stretch, wish: Wish) -> Series:
    """The one that they belong to from now on, each with its original start in it; what is left of the old one ends."""
    series, first = stretch.series, stretch.bookings[0]
    if stretch.is_whole and not stretch.is_timed(wish):
        tell_more(series)
        return series
    starts = stretch.starts(wish)
    pattern = _pattern(stretch, wish, starts)
    dates = pattern.dates()
    if not set(starts) <= {one.starts_at for one in dates}:
        raise refused(_("The series cannot be moved like that. Book it anew."))
    if not stretch.is_whole:
        _cut(series, original(first))
        series = Series(organization_id=series.organization_id, organizer=series.organizer, time_zone=series.time_zone)
    else:
        tell_more(series)
        series.bookings.filter(state__in=GONE).update(original_starts_at=None)  # of no date that the rule still has
    series.starts_at, series.ends_at, series.rrule = pattern.starts_at, pattern.ends_at, pattern.rrule
    leave_out(series, dates, starts)
    _take_over(series, stretch.bookings, starts)
    return series


def _pattern(stretch: Stretch, wish: Wish, starts: Sequence[datetime]) -> Pattern:
    series = stretch.series
    length = series.ends_at - series.starts_at if stretch.is_as_long(wish) else wish.length
    first, before = starts[0].astimezone(series.zone), original(stretch.bookings[0]).astimezone(series.zone)
    rrule = on_other_days(series.rrule, (first.date() - before.date()).days, first, starts[-1])
    return Pattern(starts[0], starts[0] + length, rrule, series.zone)


def _take_over(series: Series, bookings: Sequence[Booking], starts: Sequence[datetime]) -> None:
    """In two steps: a start may be one that another of them has given up."""
    Booking.objects.filter(pk__in=[one.pk for one in bookings]).update(original_starts_at=None)
    for booking, starts_at in zip(bookings, starts, strict=True):
        booking.series, booking.original_starts_at = series, starts_at
    Booking.objects.bulk_update(bookings, ["series", "original_starts_at"])


def _cut(series: Series, moment: datetime) -> None:
    """From this date on it has no more."""
    series.rrule = ending_before(series.rrule, moment)
    series.excluded = [start for start in series.excluded if datetime.fromisoformat(start) < moment]
    tell_more(series)


def tell_more(series: Series) -> None:
    series.sequence += 1
    series.save()


def _record(action: Action, series: Series, bookings: Sequence[Booking], actor: User) -> None:
    record(action=action, entity=series, actor=actor, organization=series.organization_id, bookings=len(bookings))


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)
