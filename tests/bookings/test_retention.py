"""An organization keeps its bookings for as long as it says."""

import pytest

from audit.models import AuditEntry
from bookings.models import Booking, Series
from bookings.services.retention import prune
from bookings.services.series import book_series
from bookings.services.upkeep import complete_over
from bookings.states import BookingState
from tests.bookings.places import booked, happened, join, organization_of, soon, tomorrow, wish


@pytest.fixture
def acme(alice, bob):
    made = organization_of(alice, records_kept=30)
    join(made, bob)
    return made


def old(bob, blue, days: int) -> Booking:
    made = happened(booked(bob, blue, starts=soon(minutes=5)), days=days)
    Booking.objects.filter(pk=made.pk).update(state=BookingState.COMPLETED)
    return made


def test_what_is_older_goes_and_the_audit_says_how_many(bob, acme, blue):
    old(bob, blue, 31)
    kept = old(bob, blue, 29)
    assert prune() == 1
    assert list(Booking.objects.all()) == [kept]
    entry = AuditEntry.objects.get(action="bookings.pruned")
    assert (entry.organization, entry.changes) == (acme.pk, {"bookings": 1})
    assert prune() == 0


def test_an_organization_that_keeps_everything_does(bob, acme, blue):
    acme.records_kept = 0
    acme.save()
    old(bob, blue, 4000)
    assert prune() == 0


def test_what_nobody_has_closed_yet_stays(bob, acme, blue):
    happened(booked(bob, blue, starts=soon(minutes=5)), days=31)
    assert prune() == 0
    complete_over()
    assert prune() == 1


def test_a_series_goes_with_its_last_date(bob, acme, blue):
    series = book_series(organizer=bob, wish=wish(blue, starts=tomorrow()), rrule="FREQ=DAILY;COUNT=2")
    first, second = series.bookings.order_by("starts_at")
    for booking, days in ((first, 40), (second, 20)):
        happened(booking, days=days)
    series.bookings.update(state=BookingState.COMPLETED)
    assert prune() == 1
    assert list(series.bookings.all()) == [second]
    happened(second, days=20)
    assert prune() == 1
    assert not Series.objects.exists()
