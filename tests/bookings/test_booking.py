"""What is booked is held, with its buffers, and nobody else gets it."""

from datetime import timedelta

import pytest

from audit.models import AuditEntry
from bookings.models import Booking
from realtime.refusals import Refused
from tests.bookings.places import booked, overlaps, tomorrow

pytestmark = pytest.mark.django_db


def test_a_booking_holds_its_spaces_with_their_buffers(bob, blue):
    type(blue).objects.update(buffer_before=10, buffer_after=15)
    made = booked(bob, blue, attendees=("Gina@Example.org", "gina@example.org"), people=3)
    slot = made.slots.get()
    assert (slot.blocked_from, slot.blocked_until) == (tomorrow(8, 50), tomorrow(10, 15))
    assert (made.state, made.version, made.organizer, made.people) == ("CONFIRMED", 1, bob, 3)
    assert [one.email for one in made.attendees.all()] == ["gina@example.org"]
    entry = AuditEntry.objects.get(action="booking.created")
    assert entry.organization == blue.organization_id and entry.changes["spaces"] == ["Blue"]


def test_neighbours_touch_and_do_not_overlap(bob, blue):
    for hour in (9, 10, 8):
        booked(bob, blue, starts=tomorrow(hour))
    assert Booking.objects.count() == 3 and overlaps() == 0


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
