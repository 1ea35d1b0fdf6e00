"""One lock order: the membership of who books, then a series, then spaces by id, then bookings.

Locks are the queue, the constraint on slots is the guarantee. With the constraint alone there would be deadlocks:
inserts that overlap one another wait for each other.
"""

import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar
from uuid import UUID

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import QuerySet, prefetch_related_objects
from django.http import Http404
from django.utils import timezone

from accounts.models import User
from bookings.conflicts import Conflict
from bookings.models import Booking, Series, Slot
from bookings.services.wishes import Wish
from bookings.spaces.models import Space
from bookings.states import BookingState
from organizations.models import Membership
from realtime.deadlocks import sent_back

P = ParamSpec("P")
R = TypeVar("R")
_queue = threading.Lock()


class Moved(Exception):
    """While the locks were waited for, a booking went to another space."""


def settled(verb: Callable[P, R]) -> Callable[P, R]:
    """In one transaction, and once more where another one got in between: then its result is there to be seen."""

    @wraps(verb)
    def attempt(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with _turn(), transaction.atomic():
                return verb(*args, **kwargs)
        except (IntegrityError, OperationalError, Moved) as error:
            if isinstance(error, OperationalError) and not sent_back(error):
                raise
        try:
            with _turn(), transaction.atomic():
                return verb(*args, **kwargs)
        except IntegrityError as error:
            raise (Conflict() if "slot_no_overlap" in str(error) else error) from error

    return attempt


@contextmanager
def _turn() -> Iterator[None]:
    """SQLite has one writer; those who wait for it ask again and again, in no order, and give up after some seconds. So
    threads of one process stand in a queue."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with _queue:
            yield
    else:
        yield


def locked_membership(organization_id: UUID, user: User | None) -> Membership | None:
    """Makes one person's bookings wait for each other: limits and repeated requests are then seen."""
    members = Membership.objects.select_for_update(no_key=True, of=("self",)).select_related("organization")
    return members.filter(organization=organization_id, user=user).first() if user else None


def membership_of(organization_id: UUID, user: User | None) -> Membership | None:
    members = Membership.objects.select_related("organization")
    return members.filter(organization=organization_id, user=user).first() if user else None


def locked_spaces(ids: Iterable[UUID]) -> dict[UUID, Space]:
    """With their opening hours and organization; holds in them that have run out are gone."""
    wanted = sorted(set(ids))
    rows = Space.objects.select_for_update(no_key=True, of=("self",)).select_related("organization")
    spaces = {space.pk: space for space in rows.filter(pk__in=wanted).order_by("pk").prefetch_related("opening_hours")}
    _drop_stale_holds(wanted)
    return spaces


def unlocked_spaces(wish: Wish) -> list[Space]:
    """As whoever asks has just read them, and with their opening hours."""
    prefetch_related_objects(wish.spaces, "opening_hours")
    return list(wish.spaces)


def locked(booking: Booking, *, also: Collection[UUID] = ()) -> tuple[Booking, dict[UUID, Space]]:
    """The booking as it is now, with its spaces, and those `also` wanted, locked before it."""
    spaces = locked_spaces([*_spaces_of(booking.pk), *also])
    found = locked_bookings([booking.pk])
    if not found:
        raise Http404
    if not spaces.keys() >= _spaces_of(booking.pk):
        raise Moved
    return found[0], spaces


def locked_series(bookings: QuerySet[Booking]) -> QuerySet[Series]:
    """Those that these belong to."""
    ids = set(bookings.exclude(series=None).values_list("series", flat=True))
    return Series.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")


def locked_bookings(ids: Iterable[UUID]) -> list[Booking]:
    """The caller holds their spaces."""
    rows = Booking.objects.select_for_update(no_key=True, of=("self",)).select_related("organizer", "series", "meeting")
    return list(rows.filter(pk__in=ids).order_by("pk"))


def _spaces_of(booking_id: UUID) -> set[UUID]:
    return set(Slot.objects.filter(booking=booking_id).values_list("space", flat=True))


def _drop_stale_holds(spaces: list[UUID]) -> None:
    stale = Booking.objects.filter(state=BookingState.HELD, held_until__lte=timezone.now(), slots__space__in=spaces)
    ids = list(stale.order_by("pk").values_list("pk", flat=True).distinct())
    if ids:
        list(Booking.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
        Booking.objects.filter(pk__in=ids, held_until__lte=timezone.now()).delete()
