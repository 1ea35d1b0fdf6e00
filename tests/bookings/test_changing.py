"""Every change says which version it saw; a move is a booking of its own right."""

import pytest

from audit.models import AuditEntry
from bookings.conflicts import Changed
from bookings.services.bookings import change
from bookings.services.presence import check_in
from bookings.services.wishes import Wish
from bookings.signals import booking_changed
from bookings.spaces.models import Space
from tests.bookings.places import (
    booked,
    cancelled,
    equip,
    happened,
    heard,
    moved,
    new_space,
    refusal,
    soon,
    tomorrow,
)

pytestmark = pytest.mark.django_db


def test_to_another_time_and_space(alice, bob, blue, green):
    made = booked(bob, blue)
    with heard(booking_changed) as told:
        found = moved(made, bob, spaces=(green,))
    assert (found.starts_at, found.version, found.sequence) == (tomorrow(12), 2, 1)
    assert [(slot.space, slot.blocked_from) for slot in found.slots.all()] == [(green, tomorrow(12))]
    [one] = told
    assert one["before"].starts_at == tomorrow() and one["after"].starts_at == tomorrow(12)
    assert {name for _id, name in one["before"].spaces} == {"Blue"} and one["wish"].spaces == (green,)
    assert set(AuditEntry.objects.get(action="booking.changed").changes["fields"]) == {"starts_at", "ends_at", "spaces"}
    booked(alice, blue)


def test_onto_what_is_taken_changes_nothing(alice, bob, blue, green):
    made = booked(bob, blue, green)
    booked(alice, green, starts=tomorrow(12))
    assert refusal(moved, made, bob, title="Elsewhere") == "booking.conflict"
    made.refresh_from_db()
    assert (made.title, made.version, made.starts_at) == ("Review", 1, tomorrow())


def test_within_its_own_time(bob, blue):
    made = booked(bob, blue)
    assert moved(made, bob, starts_at=tomorrow(9, 30)).starts_at == tomorrow(9, 30)


def test_an_old_version_is_refused_and_shown_the_newer_row(alice, bob, blue):
    made = booked(bob, blue)
    moved(made, alice)
    with pytest.raises(Changed) as refused:
        moved(made, bob, hour=14, version=1)
    assert refused.value.code == "booking.changed"
    assert (refused.value.booking.version, refused.value.booking.starts_at) == (2, tomorrow(12))


def test_what_is_over_or_cancelled_does_not_change(bob, blue):
    made = happened(booked(bob, blue, starts=soon(minutes=5)), hours=2)
    assert refusal(change, booking=made, actor=bob, version=1, wish=Wish.of(made, title="Late")) == "booking.over"
    gone = cancelled(booked(bob, blue))
    assert refusal(change, booking=gone, actor=bob, version=gone.version, wish=Wish.of(gone)) == "booking.over"


def test_words_of_what_has_begun_may_change_and_its_end(bob, blue):
    made = check_in(booking=booked(bob, blue, starts=soon(minutes=5)), actor=bob)
    made = happened(made, minutes=40)
    kept = change(booking=made, actor=bob, version=made.version, wish=Wish.of(made, title="Still here"))
    later = Wish.of(kept, ends_at=kept.ends_at.replace(second=0) + (kept.ends_at - kept.starts_at))
    longer = change(booking=kept, actor=bob, version=kept.version, wish=later)
    assert longer.state == "CHECKED_IN" and longer.ends_at == later.ends_at
    assert refusal(moved, longer, bob) == "booking.begun"


def test_who_stays_keeps_the_answer(bob, blue):
    made = booked(bob, blue, attendees=("gina@example.org", "gus@example.org"))
    made.attendees.filter(email="gina@example.org").update(answer="ACCEPTED")
    others = Wish.of(made, attendees=("gina@example.org", "greta@example.org"))
    found = change(booking=made, actor=bob, version=1, wish=others)
    assert dict(found.attendees.values_list("email", "answer")) == {
        "gina@example.org": "ACCEPTED",
        "greta@example.org": "NEEDS-ACTION",
    }
    assert (found.sequence, found.version) == (1, 2)


def test_a_reminder_is_no_news_to_others(bob, blue):
    made = booked(bob, blue)
    found = change(booking=made, actor=bob, version=1, wish=Wish.of(made, reminder=60))
    assert (found.sequence, found.version, found.reminder) == (0, 2, 60)


def test_words_change_whatever_has_become_of_the_rules(bob, blue, green):
    """Its time is not asked for again: buffers that grew, a space that closed, other hours."""
    first = booked(bob, blue)
    booked(bob, blue, starts=tomorrow(10))
    Space.objects.update(buffer_after=30, is_active=False, longest=30)
    found = change(booking=first, actor=bob, version=1, wish=Wish.of(first, title="Renamed"))
    assert found.title == "Renamed" and found.slots.get().blocked_until == tomorrow(10)
    crowd = Wish.of(found, people=9)
    assert refusal(change, booking=first, actor=bob, version=2, wish=crowd) == "booking.too-many-people"


@pytest.mark.parametrize(("who", "state"), [("bob", "PENDING"), ("alice", "CONFIRMED")])
def test_moving_what_was_approved_asks_again_unless_an_administrator_moves_it(alice, bob, acme, blue, who, state):
    made = booked(bob, blue)
    guarded = new_space(acme, "Board", needs_approval=True)
    found = moved(made, {"bob": bob, "alice": alice}[who], spaces=(guarded,))
    assert found.state == state
    renamed = change(booking=found, actor=bob, version=found.version, wish=Wish.of(found, title="Other"))
    assert renamed.state == state


def test_equipment_is_asked_for_again_where_it_moves(bob, blue, green):
    needs = tuple(equip(blue, "Projector"))
    made = booked(bob, blue, needs=needs)
    assert refusal(moved, made, bob, spaces=(green,)) == "booking.amenities-missing"


def test_what_fits_no_more_changes_in_all_that_does_not_ask_for_it_again(bob, blue, green):
    made = booked(bob, blue, people=4, needs=tuple(equip(blue, "Projector")))
    blue.amenities.clear()
    Space.objects.update(capacity=3)
    found = change(booking=made, actor=bob, version=1, wish=Wish.of(made, title="Renamed"))
    found = moved(found, bob)
    assert (found.title, found.starts_at) == ("Renamed", tomorrow(12))
    assert refusal(moved, found, bob, spaces=(green,)) == "booking.too-many-people"
    assert refusal(moved, found, bob, people=5) == "booking.too-many-people"
    assert refusal(moved, found, bob, needs=tuple(equip(green, "Board")), people=3) == "booking.amenities-missing"
    assert moved(found, bob, people=3, needs=()).people == 3
