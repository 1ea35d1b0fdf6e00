"""Who is there says so; what nobody comes to is free for others after ten minutes."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress

from bookings.services.bookings import cancel
from bookings.services.presence import check_in, end_now, extend
from bookings.services.upkeep import complete_over, release_absent
from bookings.signals import booking_changed, booking_checked_in, booking_ended, booking_released
from bookings.spaces.models import Space
from tests.bookings.places import booked, happened, heard, join, new_space, open_at, refusal, soon

pytestmark = pytest.mark.django_db


@pytest.fixture
def soon_begun(bob, blue):
    return booked(bob, blue, starts=soon(minutes=10), attendees=("charlie@example.org",))


def test_from_a_quarter_of_an_hour_before_the_start_to_the_end(bob, blue):
    assert refusal(check_in, booking=booked(bob, blue, starts=soon(minutes=17)), actor=bob) == "booking.too-early"
    over = happened(booked(bob, blue, starts=soon(minutes=80)), hours=3)
    assert refusal(check_in, booking=over, actor=bob) == "booking.over"


def test_once_whoever_says_it(bob, soon_begun):
    with heard(booking_checked_in) as told:
        found = check_in(booking=soon_begun, actor=bob)
        check_in(booking=soon_begun, actor=None)
    assert found.state == "CHECKED_IN" and found.checked_in_at is not None and len(told) == 1


def test_by_the_organizer_administrators_who_is_invited_and_at_the_door(alice, bob, charlie, acme, blue, soon_begun):
    assert refusal(check_in, booking=soon_begun, actor=charlie) == "booking.not-allowed"
    join(acme, charlie)
    assert refusal(check_in, booking=soon_begun, actor=charlie) == "booking.not-allowed"
    EmailAddress.objects.create(user=charlie, email=charlie.email, verified=True)
    assert check_in(booking=soon_begun, actor=charlie).state == "CHECKED_IN"
    for actor, name in ((alice, "Red"), (None, "Pink")):
        there = booked(bob, new_space(acme, name), starts=soon(minutes=5))
        assert check_in(booking=there, actor=actor).state == "CHECKED_IN"


def test_not_to_what_waits_for_approval_or_was_cancelled(bob, blue, soon_begun):
    gone = cancel(booking=soon_begun, actor=bob)
    assert refusal(check_in, booking=gone, actor=bob) == "booking.over"
    Space.objects.update(needs_approval=True)
    asked = booked(bob, blue, starts=soon(minutes=10))
    for verb in (check_in, end_now):
        assert refusal(verb, booking=asked, actor=bob) == "booking.not-approved"


def test_ending_early_frees_the_rest(alice, bob, charlie, blue, soon_begun):
    assert refusal(end_now, booking=soon_begun, actor=bob) == "booking.not-begun"
    running = happened(soon_begun, minutes=30)
    assert refusal(end_now, booking=running, actor=charlie) == "booking.not-allowed"
    with heard(booking_ended) as told:
        found = end_now(booking=running, actor=bob)
    assert found.state == "COMPLETED" and found.ends_at <= soon(minutes=1) and found.ended_at is not None
    assert len(told) == 1
    booked(alice, blue, starts=soon(minutes=1))
    assert refusal(end_now, booking=running, actor=bob) == "booking.over"


def test_ending_in_the_first_minute_leaves_a_minute(bob, blue):
    made = end_now(booking=booked(bob, blue, starts=soon()), actor=None)
    assert timedelta(0) < made.ends_at - made.starts_at <= timedelta(minutes=2)


def test_longer_where_nobody_comes_afterwards(alice, bob, blue, soon_begun):
    with heard(booking_changed) as told:
        found = extend(booking=soon_begun, actor=None, minutes=15)
    assert found.ends_at == soon_begun.ends_at + timedelta(minutes=15)
    assert found.slots.get().blocked_until == found.ends_at
    assert (found.version, found.sequence, told[0]["wish"]) == (2, 1, None)
    booked(alice, blue, starts=found.ends_at + timedelta(minutes=10))
    assert refusal(extend, booking=found, actor=bob, minutes=15) == "booking.conflict"
    assert extend(booking=found, actor=bob, minutes=10).version == 3


def test_longer_is_for_who_may_change_it_and_within_the_rules(bob, charlie, blue, soon_begun):
    assert refusal(extend, booking=soon_begun, actor=charlie, minutes=15) == "booking.not-allowed"
    for minutes in (0, -15, 1441):
        assert refusal(extend, booking=soon_begun, actor=bob, minutes=minutes) == "booking.invalid"
    Space.objects.update(longest=70)
    assert refusal(extend, booking=soon_begun, actor=bob, minutes=15) == "booking.too-long"
    Space.objects.update(longest=480)
    open_at(blue, soon(days=1).weekday())
    assert refusal(extend, booking=soon_begun, actor=bob, minutes=15) == "booking.closed"


def test_what_was_approved_may_be_longer_without_asking_again(alice, bob, blue, soon_begun):
    Space.objects.update(needs_approval=True)
    assert extend(booking=soon_begun, actor=bob, minutes=15).state == "CONFIRMED"


def test_nobody_came(alice, bob, blue, soon_begun):
    running = happened(soon_begun, minutes=19)
    assert release_absent() == 0
    running = happened(running, minutes=1)
    with heard(booking_released) as told:
        assert [release_absent(), release_absent()] == [1, 0]
    running.refresh_from_db()
    assert running.state == "RELEASED" and running.ended_at is not None and running.sequence == 1
    assert [one["booking"] for one in told] == [running]
    booked(alice, blue, starts=soon())


def test_who_came_keeps_it(bob, soon_begun):
    happened(check_in(booking=soon_begun, actor=bob), minutes=30)
    assert release_absent() == 0


def test_what_was_just_made_or_changed_is_not_taken_away(bob, soon_begun):
    running = happened(soon_begun, minutes=25)
    extend(booking=running, actor=bob, minutes=5)
    assert release_absent() == 0


def test_what_is_over_says_so_and_is_not_released_any_more(bob, blue, green):
    came = happened(check_in(booking=booked(bob, blue, starts=soon(minutes=10)), actor=bob), hours=2)
    absent = happened(booked(bob, green, starts=soon(minutes=10)), hours=2)
    with heard(booking_ended) as told:
        assert [release_absent(), complete_over(), complete_over()] == [0, 2, 0]
    assert len(told) == 2
    for one in (came, absent):
        one.refresh_from_db()
        assert one.state == "COMPLETED" and one.ended_at is None


def test_one_that_cannot_be_settled_keeps_no_other_from_it(bob, blue, green, caplog):
    broken = happened(booked(bob, blue, starts=soon(minutes=10)), minutes=30)
    happened(booked(bob, green, starts=soon(minutes=10)), minutes=30)

    def fail(booking, **sent):
        if booking == broken:
            raise RuntimeError

    booking_released.connect(fail)
    try:
        assert release_absent() == 1
    finally:
        booking_released.disconnect(fail)
    broken.refresh_from_db()
    assert broken.state == "CONFIRMED" and "could not be brought up to date" in caplog.text
