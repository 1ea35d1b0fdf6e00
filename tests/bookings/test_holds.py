"""A time is kept for five minutes while somebody fills in the form."""

from datetime import timedelta

import pytest
from django.utils import timezone

from bookings.models import Booking, Slot
from bookings.services import bookings
from bookings.services.bookings import book
from bookings.services.holds import let_go
from bookings.services.series import preview_series
from bookings.services.upkeep import complete_over
from tests.bookings.places import booked, held, overlaps, refusal, series_of, tomorrow, wish

pytestmark = pytest.mark.django_db


def run_out(hold: Booking) -> None:
    Booking.objects.filter(pk=hold.pk).update(held_until=timezone.now())


def test_it_keeps_others_out_and_says_nothing_about_whom(alice, bob, blue):
    hold = held(bob, blue)
    assert hold.state == "HELD" and timedelta(minutes=4) < hold.held_until - timezone.now() <= timedelta(minutes=5)
    assert refusal(booked, alice, blue) == refusal(held, alice, blue) == "booking.conflict"


def test_it_becomes_the_booking(bob, blue, green):
    hold = held(bob, blue)
    made = book(organizer=bob, wish=wish(blue, green, starts=tomorrow(9, 30)), hold=hold.pk)
    assert made.pk == hold.pk and made.held_until is None and made.state == "CONFIRMED"
    assert set(made.spaces.all()) == {blue, green} and overlaps() == 0
    assert {slot.blocked_from for slot in made.slots.all()} == {tomorrow(9, 30)}


def test_it_moves_and_is_renewed(alice, bob, blue, green):
    hold = held(bob, blue)
    Booking.objects.filter(pk=hold.pk).update(held_until=timezone.now() + timedelta(seconds=5))
    again = held(bob, green, starts=tomorrow(9, 30), replaces=hold.pk)
    assert again.pk == hold.pk and again.held_until > timezone.now() + timedelta(minutes=4)
    assert list(again.spaces.all()) == [green]
    booked(alice, blue)


def test_what_has_run_out_is_free_for_the_next_who_asks(alice, bob, blue):
    run_out(held(bob, blue))
    assert booked(alice, blue).state == "CONFIRMED"
    assert not Booking.objects.filter(state="HELD").exists()


def test_one_that_has_run_out_is_booked_all_the_same_if_nobody_was_faster(alice, bob, blue):
    hold = held(bob, blue)
    run_out(hold)
    book(organizer=bob, wish=wish(blue), hold=hold.pk)
    hold = held(bob, blue, starts=tomorrow(12))
    run_out(hold)
    booked(alice, blue, starts=tomorrow(12))
    assert refusal(book, organizer=bob, wish=wish(blue, starts=tomorrow(12)), hold=hold.pk) == "booking.conflict"


def test_nobody_uses_the_hold_of_another(alice, bob, blue):
    hold = held(bob, blue)
    assert refusal(book, organizer=alice, wish=wish(blue), hold=hold.pk) == "booking.conflict"
    let_go(hold=hold.pk, user=alice)
    assert refusal(held, alice, blue, replaces=hold.pk) == "booking.conflict"


def test_letting_go_frees_at_once_and_as_often_as_one_likes(alice, bob, blue):
    hold = held(bob, blue)
    for _ in range(2):
        let_go(hold=hold.pk, user=bob)
    assert not Slot.objects.exists()
    booked(alice, blue)


def test_ones_own_are_in_nobodys_way(bob, blue, green):
    """Those of another tab, or of a form that was left."""
    other, apart = held(bob, green, blue, starts=tomorrow(8, 30)), held(bob, blue, starts=tomorrow(10))
    mine = held(bob, green, starts=tomorrow(12))
    made = book(organizer=bob, wish=wish(blue), hold=mine.pk)
    assert made.pk == mine.pk and made.state == "CONFIRMED"
    assert set(Booking.objects.all()) == {made, apart} and not Slot.objects.filter(booking=other.pk).exists()


def test_ones_own_are_in_nobodys_way_with_buffers(bob, blue):
    held(bob, blue, starts=tomorrow(10))
    type(blue).objects.update(buffer_after=15)
    blue.refresh_from_db()
    assert booked(bob, blue) == Booking.objects.get()


def test_ones_own_stay_where_nothing_is_booked(alice, bob, blue):
    mine = held(bob, blue)
    booked(alice, blue, starts=tomorrow(10))
    assert refusal(booked, bob, blue, minutes=90) == "booking.conflict"
    assert Booking.objects.get(state="HELD") == mine


def test_one_that_another_tab_renews_meanwhile(bob, blue, monkeypatch):
    def meanwhile(*args, **kwargs):
        if not renewed:
            renewed.append(held(bob, blue))
        real(*args, **kwargs)

    held(bob, blue)
    renewed, real = [], bookings.refuse_conflicts
    monkeypatch.setattr(bookings, "refuse_conflicts", meanwhile)
    assert booked(bob, blue) == Booking.objects.get() and renewed


def test_a_newer_one_takes_the_place_of_those_it_overlaps(bob, blue, django_capture_on_commit_callbacks, told_topics):
    before = [held(bob, blue, starts=tomorrow(hour)) for hour in (8, 9, 10)]
    with django_capture_on_commit_callbacks(execute=True):
        newer = held(bob, blue, starts=tomorrow(9, 30))
    assert set(Booking.objects.all()) == {before[0], newer} and overlaps() == 0
    assert told_topics == {f"space.{blue.pk}"}


def test_a_series_takes_the_place_of_ones_own(alice, bob, blue):
    held(bob, blue, starts=tomorrow(9, days=2))
    text = "FREQ=DAILY;COUNT=3"
    assert not any(one.problem for one in preview_series(organizer=bob, wish=wish(blue), rrule=text))
    assert series_of(bob, blue, rrule=text).bookings.count() == 3 == Booking.objects.count()
    held(bob, blue, starts=tomorrow(12))
    assert refusal(series_of, alice, blue, starts=tomorrow(12), rrule=text) == "booking.conflict"


def test_three_at_a_time(bob, blue):
    holds = [held(bob, blue, starts=tomorrow(hour)) for hour in (9, 10, 11)]
    assert refusal(held, bob, blue, starts=tomorrow(12)) == "booking.too-many-holds"
    held(bob, blue, starts=tomorrow(12), replaces=holds[0].pk)
    run_out(holds[1])
    held(bob, blue, starts=tomorrow(13))


def test_what_could_not_be_booked_is_not_held(bob, blue):
    assert refusal(held, bob, blue, starts=tomorrow(days=-2)) == "booking.past"
    assert refusal(held, bob, blue, minutes=9 * 60) == "booking.too-long"


def test_holds_that_have_run_out_go_by_themselves(bob, blue, green, django_capture_on_commit_callbacks, told_topics):
    run_out(held(bob, blue))
    kept = held(bob, green)
    with django_capture_on_commit_callbacks(execute=True):
        complete_over()
    assert list(Booking.objects.all()) == [kept]
    assert told_topics == {f"space.{blue.pk}"}
