"""What is booked is held, with its buffers, and nobody else gets it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from audit.models import AuditEntry
from bookings.models import Booking, Slot
from bookings.services import bookings, rows
from bookings.services.approval import approve, decline
from bookings.services.bookings import book, cancel
from bookings.signals import booking_cancelled, booking_made
from realtime.refusals import Refused
from tests.bookings.places import booked, cancelled, heard, moved, overlaps, refusal, tomorrow, wish

pytestmark = pytest.mark.django_db


def test_a_booking_holds_its_spaces_with_their_buffers(bob, blue):
    type(blue).objects.update(buffer_before=10, buffer_after=15)
    made = booked(bob, blue, attendees=("Gina@Example.org", "gina@example.org"), people=3, title="  Weekly \n review ")
    slot = made.slots.get()
    assert (slot.blocked_from, slot.blocked_until) == (tomorrow(8, 50), tomorrow(10, 15))
    assert (made.state, made.version, made.organizer, made.people) == ("CONFIRMED", 1, bob, 3)
    assert made.title == "Weekly review"
    assert [one.email for one in made.attendees.all()] == ["gina@example.org"]
    entry = AuditEntry.objects.get(action="booking.created")
    assert entry.organization == blue.organization_id and entry.changes["spaces"] == ["Blue"]


def test_neighbours_touch_and_do_not_overlap(bob, blue):
    for hour in (9, 10, 8):
        booked(bob, blue, starts=tomorrow(hour))
    assert Booking.objects.count() == 3 and overlaps() == 0


def test_buffers_keep_neighbours_away(bob, blue):
    type(blue).objects.update(buffer_after=15)
    booked(bob, blue)
    assert refusal(booked, bob, blue, starts=tomorrow(10)) == "booking.conflict"
    assert refusal(booked, bob, blue, starts=tomorrow(8)) == "booking.conflict"
    booked(bob, blue, starts=tomorrow(10, 15))
    booked(bob, blue, starts=tomorrow(7, 45))


@pytest.mark.parametrize(("minute", "length"), [(0, 60), (30, 60), (-30, 60), (15, 30), (-60, 180)])
def test_whatever_overlaps_is_refused_and_says_with_what(bob, alice, blue, minute, length):
    first = booked(alice, blue)
    with pytest.raises(Refused) as refused:
        booked(bob, blue, starts=tomorrow() + timedelta(minutes=minute), minutes=length)
    assert refused.value.code == "booking.conflict"
    [taken] = refused.value.taken
    assert (taken.space, taken.starts_at, taken.ends_at) == (blue, first.starts_at, first.ends_at)
    assert (taken.title, taken.organizer) == ("Review", "Alice")
    assert Booking.objects.count() == 1


def test_several_spaces_are_booked_together_or_not_at_all(bob, alice, blue, green):
    booked(alice, green)
    assert refusal(booked, bob, blue, green) == "booking.conflict"
    assert Booking.objects.filter(organizer=bob).count() == 0
    both = booked(bob, blue, green, starts=tomorrow(11))
    assert set(both.spaces.all()) == {blue, green}


def test_the_database_itself_lets_no_two_overlap(bob, blue):
    made = booked(bob, blue)
    other = booked(bob, blue, starts=tomorrow(11))
    with pytest.raises(IntegrityError, match="slot_no_overlap"), transaction.atomic():
        Slot.objects.filter(booking=other).update(blocked_from=made.starts_at)


def test_who_wrote_a_slot_without_asking_is_found_by_the_constraint(bob, blue, monkeypatch):
    monkeypatch.setattr("bookings.services.bookings.refuse_conflicts", lambda *args, **kwargs: None)
    booked(bob, blue)
    assert refusal(booked, bob, blue) == "booking.conflict"
    assert Booking.objects.count() == 1


def test_cancelling_frees_at_once_and_as_often_as_one_likes(bob, alice, blue):
    made = booked(bob, blue)
    with heard(booking_cancelled) as told:
        for _ in range(2):
            assert cancel(booking=made, actor=bob).state == "CANCELLED"
    assert len(told) == 1 and told[0]["actor"] == bob
    made.refresh_from_db()
    assert made.ended_at is not None and made.sequence == 1
    assert booked(alice, blue).state == "CONFIRMED"
    assert AuditEntry.objects.filter(action="booking.cancelled").count() == 1


def test_the_same_request_makes_one_booking(bob, alice, blue):
    with heard(booking_made) as told:
        first = book(organizer=bob, wish=wish(blue), key="one")
        assert book(organizer=bob, wish=wish(blue), key="one") == first
    assert len(told) == 1 and told[0]["wish"].spaces == (blue,)
    assert refusal(book, organizer=alice, wish=wish(blue), key="one") == "booking.conflict"
    assert book(organizer=bob, wish=wish(blue, starts=tomorrow(11)), key="two") != first
    assert refusal(book, organizer=bob, wish=wish(blue), key="k" * 65) == "booking.invalid"


@pytest.mark.parametrize("other", ["time", "space", "title"])
def test_a_key_that_comes_with_something_else_is_refused(bob, blue, green, other):
    first = book(organizer=bob, wish=wish(blue), key="one")
    others = {"time": wish(blue, starts=tomorrow(12)), "space": wish(green), "title": wish(blue, title="Retro")}
    assert refusal(book, organizer=bob, wish=others[other], key="one") == "booking.key-used"
    assert list(Booking.objects.all()) == [first]


def test_a_key_whose_booking_is_no_more_as_it_was_asked_for_is_refused(bob, blue):
    first = book(organizer=bob, wish=wish(blue), key="one")
    cancelled(first)
    assert refusal(book, organizer=bob, wish=wish(blue), key="one") == "booking.key-used"
    second = book(organizer=bob, wish=wish(blue), key="two")
    moved(second, bob)
    assert refusal(book, organizer=bob, wish=wish(blue), key="two") == "booking.key-used"
    assert Booking.objects.count() == 2


@pytest.mark.parametrize("decide", [approve, decline])
def test_a_key_whose_booking_was_decided_upon(alice, bob, blue, decide):
    type(blue).objects.update(needs_approval=True)
    first = book(organizer=bob, wish=wish(blue), key="one")
    decide(booking=first, actor=alice, version=1)
    if decide is approve:
        assert book(organizer=bob, wish=wish(blue), key="one") == first
    else:
        assert refusal(book, organizer=bob, wish=wish(blue), key="one") == "booking.key-used"


@pytest.mark.parametrize("step", ["unlocked_spaces", "locked_membership"])
def test_the_same_request_that_comes_meanwhile_is_the_same_booking(bob, blue, monkeypatch, step):
    """Whether what it sees then is a time that is taken, or none."""

    def meanwhile(*args):
        if not made:
            made.append(None)
            made.append(book(organizer=bob, wish=wish(blue), key="one"))
        return real(*args)

    made, real = [], getattr(bookings, step)
    monkeypatch.setattr(bookings, step, meanwhile)
    assert book(organizer=bob, wish=wish(blue), key="one") == made[1]
    assert Booking.objects.count() == 1


def test_what_goes_while_one_looks_is_in_nobodys_way(alice, bob, blue, monkeypatch):
    """Between the times that are read without locks and whose they are."""

    def meanwhile(*args):
        Booking.objects.filter(organizer=alice).delete()
        return real(*args)

    booked(alice, blue)
    real = rows.taken
    monkeypatch.setattr(rows, "taken", meanwhile)
    assert book(organizer=bob, wish=wish(blue)).organizer == bob


def test_what_a_listener_refuses_is_not_booked(bob, blue):
    def fail(**kwargs):
        raise Refused("room.closed", "")

    booking_made.connect(fail)
    try:
        assert refusal(booked, bob, blue) == "room.closed"
    finally:
        booking_made.disconnect(fail)
    assert not Booking.objects.exists() and not AuditEntry.objects.filter(action="booking.created").exists()


def test_pages_of_the_space_look_again(bob, blue, green, django_capture_on_commit_callbacks, told_topics):
    with django_capture_on_commit_callbacks(execute=True):
        made = booked(bob, blue, green)
    assert told_topics == {f"space.{blue.pk}", f"space.{green.pk}"}
    told_topics.clear()
    with django_capture_on_commit_callbacks(execute=True):
        cancel(booking=made, actor=bob)
    assert told_topics == {f"space.{blue.pk}", f"space.{green.pk}"}
