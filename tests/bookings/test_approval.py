"""Where administrators decide, what is asked for occupies until they have."""

import pytest

from bookings.conflicts import Changed
from bookings.services.approval import approve, decline
from bookings.services.upkeep import complete_over
from bookings.signals import booking_approved, booking_declined
from bookings.spaces.models import Space
from tests.bookings.places import booked, cancelled, happened, heard, join, refusal, soon, tomorrow

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


def test_what_nobody_approved_in_time_is_declined_by_the_server(bob, blue):
    late = happened(booked(bob, blue, starts=soon(minutes=5)), hours=3)
    with heard(booking_declined) as told:
        assert complete_over() == 1
    late.refresh_from_db()
    assert late.state == "DECLINED" and [one["actor"] for one in told] == [None]
