"""Where administrators decide, what is asked for occupies until they have."""

import pytest

from audit.models import AuditEntry
from bookings.conflicts import Changed
from bookings.models import Booking, Slot
from bookings.services.approval import approve, approve_series, decline, decline_series, mark_of
from bookings.services.upkeep import complete_over
from bookings.signals import booking_approved, booking_declined
from bookings.spaces.models import Space
from tests.bookings.places import booked, cancelled, happened, heard, join, moved, refusal, series_of, soon, tomorrow

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def guarded(blue):
    Space.objects.filter(pk=blue.pk).update(needs_approval=True)


def test_what_is_asked_for_occupies(alice, bob, blue, green):
    assert booked(bob, blue, green).state == "PENDING"
    assert refusal(booked, alice, blue) == "booking.conflict"
    assert booked(alice, blue, starts=tomorrow(12)).state == "CONFIRMED"


def test_yes(alice, bob, blue):
    asked = booked(bob, blue)
    with heard(booking_approved) as told:
        found = approve(booking=asked, actor=alice, version=1)
    assert (found.state, found.version, found.sequence) == ("CONFIRMED", 2, 1)
    assert [one["actor"] for one in told] == [alice]


def test_no_frees_the_time(alice, bob, blue):
    asked = booked(bob, blue)
    with heard(booking_declined) as told:
        assert decline(booking=asked, actor=alice, version=1).state == "DECLINED"
    assert len(told) == 1
    booked(alice, blue)


def test_only_administrators_decide(bob, charlie, acme, blue):
    asked = booked(bob, blue)
    join(acme, charlie)
    for user in (bob, charlie):
        assert refusal(approve, booking=asked, actor=user, version=1) == "booking.not-allowed"
        assert refusal(decline, booking=asked, actor=user, version=1) == "booking.not-allowed"


def test_the_second_administrator_is_shown_what_the_first_has_decided(alice, bob, charlie, acme, blue):
    join(acme, charlie, "ADMIN")
    asked = booked(bob, blue)
    approve(booking=asked, actor=alice, version=1)
    with pytest.raises(Changed) as refused:
        decline(booking=asked, actor=charlie, version=1)
    assert refused.value.booking.state == "CONFIRMED"
    assert refusal(decline, booking=asked, actor=charlie, version=2) == "booking.changed"


def test_nothing_is_decided_about_what_was_cancelled_or_is_over(alice, bob, blue):
    gone = cancelled(booked(bob, blue))
    assert refusal(approve, booking=gone, actor=alice, version=gone.version) == "booking.over"
    late = happened(booked(bob, blue, starts=soon(minutes=5)), hours=3)
    assert refusal(approve, booking=late, actor=alice, version=1) == "booking.over"


def waiting_of(bob, blue) -> list[Booking]:
    """Four dates, of which the last is called off."""
    series_of(bob, blue, rrule="FREQ=DAILY;COUNT=4", starts=tomorrow(9))
    *waiting, last = Booking.objects.order_by("starts_at")
    cancelled(last)
    return waiting


def states() -> list[str]:
    return list(Booking.objects.order_by("starts_at").values_list("state", flat=True))


@pytest.mark.parametrize(("verb", "state"), [(approve_series, "CONFIRMED"), (decline_series, "DECLINED")])
def test_all_that_wait_of_a_series_are_decided_at_once(alice, bob, blue, verb, state):
    first, second, third = waiting_of(bob, blue)
    approve(booking=first, actor=alice, version=1)
    verb(booking=third, actor=alice, mark=mark_of([second, third]))
    assert states() == ["CONFIRMED", state, state, "CANCELLED"]
    assert Slot.objects.filter(is_held=True).count() == (3 if state == "CONFIRMED" else 1)
    decided = AuditEntry.objects.filter(action=f"booking.{'approved' if state == 'CONFIRMED' else 'declined'}")
    assert {str(one.pk) for one in (second, third)} <= set(decided.values_list("entity_id", flat=True))


@pytest.mark.parametrize("verb", [approve_series, decline_series])
def test_none_of_a_series_is_decided_where_one_is_not_as_it_was_seen(alice, bob, blue, verb):
    waiting = waiting_of(bob, blue)
    seen = mark_of(waiting)
    moved(waiting[1], bob, hour=12)
    assert refusal(verb, booking=waiting[0], actor=alice, mark=seen) == "booking.changed"
    assert states().count("PENDING") == 3
    for one in Booking.objects.filter(state="PENDING"):
        approve(booking=one, actor=alice, version=one.version)
    assert refusal(verb, booking=waiting[0], actor=alice, mark=mark_of([])) == "booking.changed"


def test_only_administrators_decide_about_a_series(bob, blue):
    waiting = waiting_of(bob, blue)
    for verb in (approve_series, decline_series):
        assert refusal(verb, booking=waiting[0], actor=bob, mark=mark_of(waiting)) == "booking.not-allowed"
    assert states().count("PENDING") == 3


def test_what_nobody_approved_in_time_is_declined_by_the_server(bob, blue):
    late = happened(booked(bob, blue, starts=soon(minutes=5)), hours=3)
    with heard(booking_declined) as told:
        assert complete_over() == 1
    late.refresh_from_db()
    assert late.state == "DECLINED" and [one["actor"] for one in told] == [None]
