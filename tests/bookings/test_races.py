"""However many try at once, what is held is held once, and nobody meets a fault of the database."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import OperationalError

from bookings.models import Booking, Slot
from bookings.services import rows
from bookings.services.approval import approve, decline
from bookings.services.bookings import book, cancel
from bookings.services.holds import let_go
from bookings.services.presence import check_in, extend
from bookings.services.series import book_series
from bookings.services.upkeep import complete_over, release_absent
from bookings.signals import booking_released
from bookings.spaces.models import Space
from organizations.models import Organization
from tests.bookings.places import booked, happened, heard, held, join, moved, new_space, overlaps, soon, tomorrow, wish
from tests.bookings.rushes import all_at_once
from tests.conftest import person

pytestmark = pytest.mark.django_db(transaction=True)
CROWD = 40


@pytest.fixture
def crowd(acme):
    people = [person(f"Member {number}") for number in range(CROWD)]
    for user in people:
        join(acme, user)
    return people


@pytest.mark.parametrize("sqlstate", ["40P01", "40001"])
def test_whom_the_database_sends_back_comes_again_once(bob, blue, monkeypatch, sqlstate):
    def write(*args):
        tries.append(args)
        if len(tries) == 1:
            raise OperationalError from fault
        real(*args)

    tries, fault, real = [], type("Fault", (Exception,), {"sqlstate": sqlstate})(), rows.write
    monkeypatch.setattr("bookings.services.bookings.write", write)
    assert booked(bob, blue).state == "CONFIRMED"
    assert len(tries) == 2 and Booking.objects.count() == 1


def test_one_slot(crowd, blue):
    outcomes = all_at_once([partial(booked, user, blue) for user in crowd])
    assert outcomes == {"done": 1, "booking.conflict": CROWD - 1}
    assert Booking.objects.count() == Slot.objects.count() == 1


def test_staggered_hours(crowd, blue):
    """An hour each, beginning every five minutes of three and a quarter hours: two to four fit."""
    starts = [tomorrow() + timedelta(minutes=5 * number) for number in range(CROWD)]
    outcomes = all_at_once([partial(booked, user, blue, starts=at) for user, at in zip(crowd, starts, strict=True)])
    assert 2 <= outcomes["done"] <= 4 and outcomes["done"] + outcomes["booking.conflict"] == CROWD
    assert overlaps() == 0


def test_neighbours(crowd, blue):
    starts = [tomorrow(0) + timedelta(minutes=30 * number) for number in range(CROWD)]
    rush = [partial(booked, user, blue, starts=at, minutes=30) for user, at in zip(crowd, starts, strict=True)]
    assert all_at_once(rush) == {"done": CROWD}


def test_one_of_four_in_each_of_ten_spaces(crowd, acme):
    spaces = [new_space(acme, str(number)) for number in range(CROWD // 4)]
    outcomes = all_at_once([partial(booked, user, space) for user, space in zip(crowd, spaces * 4, strict=True)])
    assert outcomes == {"done": 10, "booking.conflict": 30}


def test_the_same_request_twenty_times(bob, blue):
    made = []
    rush = [lambda: made.append(book(organizer=bob, wish=wish(blue), key="one").pk)] * 20
    assert all_at_once(rush) == {"done": 20}
    assert len(set(made)) == 1 == Booking.objects.count()


def test_the_same_series_ten_times(bob, blue):
    ask = partial(book_series, organizer=bob, wish=wish(blue), rrule="FREQ=DAILY;COUNT=5", key="one")
    assert all_at_once([ask] * 10) == {"done": 10}
    assert Booking.objects.count() == 5


def test_the_last_booking_of_a_quota(bob, acme):
    Organization.objects.update(bookings_per_person=3)
    spaces = [new_space(acme, str(number)) for number in range(10)]
    outcomes = all_at_once([partial(booked, bob, space) for space in spaces])
    assert outcomes == {"done": 3, "booking.quota": 7}


def test_the_hold_of_one_person_in_ten_tabs(bob, blue):
    assert all_at_once([partial(held, bob, blue)] * 10) == {"done": 10}
    assert all_at_once([partial(held, bob, blue), partial(booked, bob, blue)])["done"] >= 1
    assert Booking.objects.get().state == "CONFIRMED"


def test_the_third_hold(bob, acme):
    spaces = [new_space(acme, str(number)) for number in range(10)]
    outcomes = all_at_once([partial(held, bob, space) for space in spaces])
    assert outcomes == {"done": 3, "booking.too-many-holds": 7}


def test_two_administrators_who_say_yes_and_no(alice, bob, charlie, acme, blue):
    join(acme, charlie, "ADMIN")
    Space.objects.update(needs_approval=True)
    for number in range(5):
        asked = booked(bob, blue, starts=tomorrow(9 + number))
        outcomes = all_at_once(
            [
                partial(approve, booking=asked, actor=alice, version=1),
                partial(decline, booking=asked, actor=charlie, version=1),
            ]
        )
        assert outcomes["done"] == 1 and outcomes["booking.changed"] + outcomes["booking.over"] == 1
        asked.refresh_from_db()
        assert asked.slots.get().is_held == (asked.state == "CONFIRMED")


def test_overlapping_requests_for_approval_do_not_both_wait(crowd, blue):
    Space.objects.update(needs_approval=True)
    outcomes = all_at_once([partial(booked, user, blue) for user in crowd[:10]])
    assert outcomes == {"done": 1, "booking.conflict": 9}


def test_two_who_want_each_others_time(alice, bob, blue):
    one, other = booked(alice, blue), booked(bob, blue, starts=tomorrow(10))
    for _ in range(5):
        outcomes = all_at_once(
            [
                partial(moved, one, alice, starts_at=other.starts_at, ends_at=other.ends_at),
                partial(moved, other, bob, starts_at=one.starts_at, ends_at=one.ends_at),
            ]
        )
        assert outcomes == {"booking.conflict": 2} and overlaps() == 0


def test_two_who_want_each_others_space(alice, bob, acme, blue, green):
    red = new_space(acme, "Red")
    one, other = booked(alice, blue, red), booked(bob, green)
    moves = [
        partial(moved, one, alice, hour=9, spaces=(green,)),
        partial(moved, other, bob, hour=9, spaces=(red, blue)),
    ]
    assert all_at_once(moves) == {"booking.conflict": 2}
    assert overlaps() == 0


def test_two_spaces_against_one(crowd, blue, green):
    ways = [(blue, green), (blue,), (green, blue), (green,)]
    for number in range(5):
        starts = tomorrow(8 + number)
        asked = [partial(booked, user, *ways[at % 4], starts=starts) for at, user in enumerate(crowd[:12])]
        outcomes = all_at_once(asked)
        assert 1 <= outcomes["done"] <= 2 and outcomes["done"] + outcomes["booking.conflict"] == 12
    both = Booking.objects.filter(slots__space=blue) & Booking.objects.filter(slots__space=green)
    assert all(one.slots.count() == 2 for one in both) and overlaps() == 0


def test_changes_of_the_same_version(alice, bob, blue):
    made = booked(bob, blue)
    moves = [partial(moved, made, user, hour=12 + number, version=1) for number, user in enumerate([alice, bob] * 4)]
    assert all_at_once(moves) == {"done": 1, "booking.changed": 7}


def test_extending_into_what_is_being_booked(alice, bob, blue):
    for hour in range(9, 19, 2):
        made = booked(bob, blue, starts=tomorrow(hour))
        outcomes = all_at_once(
            [
                partial(extend, booking=made, actor=bob, minutes=30),
                partial(booked, alice, blue, starts=tomorrow(hour + 1), minutes=30),
            ]
        )
        assert outcomes == {"done": 1, "booking.conflict": 1}
    assert overlaps() == 0


def test_a_cancelled_time_goes_to_one(crowd, bob, blue):
    made = booked(bob, blue)
    outcomes = all_at_once(
        [partial(cancel, booking=made, actor=bob), *(partial(booked, user, blue) for user in crowd[:10])]
    )
    assert outcomes["done"] in (1, 2) and outcomes["done"] + outcomes["booking.conflict"] == 11
    assert overlaps() == 0


def test_the_hold_of_another_against_the_form_that_comes_back(crowd, bob, blue):
    hold = held(bob, blue)
    Booking.objects.filter(pk=hold.pk).update(held_until=soon(minutes=-1))
    outcomes = all_at_once(
        [
            partial(book, organizer=bob, wish=wish(blue), hold=hold.pk),
            partial(held, bob, blue, replaces=hold.pk),
            partial(let_go, hold=hold.pk, user=bob),
            complete_over,
            *(partial(booked, user, blue) for user in crowd[:10]),
        ]
    )
    assert set(outcomes) <= {"done", "booking.conflict"}
    assert Slot.objects.count() == Booking.objects.count() <= 1  # none where it was renewed first, and then let go


def test_nobody_is_released_twice_nor_after_coming(bob, acme, caplog):
    spaces = [new_space(acme, str(number)) for number in range(6)]
    absent = [happened(booked(bob, space, starts=soon(minutes=5)), minutes=20) for space in spaces]
    with heard(booking_released) as told:
        all_at_once([*[release_absent] * 6, *(partial(check_in, booking=one, actor=bob) for one in absent)])
    states = list(Booking.objects.values_list("state", flat=True))
    assert len(told) == states.count("RELEASED") and states.count("RELEASED") + states.count("CHECKED_IN") == 6
    assert "could not be brought up to date" not in caplog.text
    for one in Booking.objects.all():
        assert one.slots.get().is_held == (one.state == "CHECKED_IN")
