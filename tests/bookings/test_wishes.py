"""What a space and its organization ask of a booking."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bookings.models import Booking
from bookings.spaces.models import Amenity, Space
from organizations.models import Organization
from tests.bookings.places import booked, cancelled, equip, new_space, open_at, organization_of, refusal, soon, tomorrow

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "changes",
    [
        {"title": ""},
        {"title": " \n "},
        {"title": "t" * 101},
        {"title": "a\x00b"},
        {"description": "d" * 2001},
        {"attendees": tuple(f"{number}@example.org" for number in range(101))},
        {"attendees": ("nobody",)},
        {"people": 0},
        {"reminder": 7},
        {"meeting": "SOMEWHERE"},
        {"meeting": "EXTERNAL"},
        {"meeting": "EXTERNAL", "external_url": "javascript:alert(1)"},
        {"meeting": "EXTERNAL", "external_url": f"https://example.org/{'x' * 500}"},
        {"ends_at": tomorrow()},
        {"ends_at": tomorrow(8)},
        {"ends_at": tomorrow(10) + timedelta(seconds=1)},
        {"ends_at": tomorrow(10).replace(tzinfo=None)},
    ],
)
def test_what_cannot_be_meant_is_refused(bob, blue, changes):
    assert refusal(booked, bob, blue, **changes) == "booking.invalid"
    assert not Booking.objects.exists()


def test_one_to_five_spaces_of_one_organization(bob, alice, acme, blue):
    assert refusal(booked, bob) == "booking.invalid"
    assert refusal(booked, bob, *[new_space(acme, str(number)) for number in range(6)]) == "booking.invalid"
    other = organization_of(bob, slug="other")
    assert refusal(booked, bob, blue, new_space(other, "Theirs")) == "booking.invalid"
    needs = (Amenity.objects.create(organization=other, name="Projector"),)
    assert refusal(booked, bob, blue, needs=needs) == "booking.invalid"
    assert set(booked(bob, blue, blue).spaces.all()) == {blue}


def test_not_in_the_past_but_a_form_takes_a_while(bob, blue):
    assert refusal(booked, bob, blue, starts=soon(hours=-2)) == "booking.past"
    assert refusal(booked, bob, blue, starts=soon(minutes=-6)) == "booking.past"
    assert refusal(booked, bob, blue, starts=soon(minutes=-4), minutes=2) == "booking.past"
    booked(bob, blue, starts=soon(minutes=-4))


def test_no_longer_than_the_space_allows(bob, blue):
    Space.objects.update(longest=90)
    assert refusal(booked, bob, blue, minutes=91) == "booking.too-long"
    booked(bob, blue, minutes=90)


def test_no_further_ahead_than_the_space_allows(bob, blue):
    Space.objects.update(horizon_days=7, time_zone="Pacific/Kiritimati")
    assert refusal(booked, bob, blue, starts=soon(days=8, hours=1)) == "booking.too-far"
    booked(bob, blue, starts=soon(days=6))


@pytest.mark.parametrize(
    ("hour", "minutes", "code"), [(9, 60, ""), (16, 60, ""), (8, 60, "booking.closed"), (16, 61, "booking.closed")]
)
def test_only_while_it_is_open_by_its_own_clock(bob, acme, hour, minutes, code):
    """Kathmandu is 5:45 ahead of UTC."""
    there = new_space(acme, "Patan", time_zone="Asia/Kathmandu")
    open_at(there, *range(7))
    starts = tomorrow(hour, days=3) - timedelta(hours=5, minutes=45)
    assert refusal(booked, bob, there, starts=starts, minutes=minutes) == code


def test_closed_on_days_without_hours_and_open_past_midnight_where_both_days_are(bob, blue):
    monday = tomorrow(22, days=8 - tomorrow().weekday())
    assert monday.weekday() == 0
    open_at(blue, 0, opens=8 * 60, closes=24 * 60)
    assert refusal(booked, bob, blue, starts=monday + timedelta(days=1), minutes=30) == "booking.closed"
    assert refusal(booked, bob, blue, starts=monday, minutes=180) == "booking.closed"
    booked(bob, blue, starts=monday, minutes=120)
    open_at(blue, 1, opens=0, closes=60)
    assert refusal(booked, bob, blue, starts=monday + timedelta(hours=2), minutes=61) == "booking.closed"
    booked(bob, blue, starts=monday + timedelta(hours=2), minutes=60)


def test_people_and_equipment_fit_into_the_spaces_together(bob, blue, green):
    projector, board = equip(blue, "Projector", "Board")
    assert refusal(booked, bob, blue, people=9) == "booking.too-many-people"
    assert refusal(booked, bob, green, needs=(projector,)) == "booking.amenities-missing"
    made = booked(bob, blue, green, people=16, needs=(projector, board))
    assert set(made.needs.all()) == {projector, board}


def test_a_space_out_of_use_or_deleted_cannot_be_booked(bob, blue, green):
    Space.objects.filter(pk=blue.pk).update(is_active=False)
    assert refusal(booked, bob, blue) == "booking.space-inactive"
    Space.objects.filter(pk=green.pk).delete()
    assert refusal(booked, bob, green) == "booking.space-inactive"


def test_a_time_that_the_clocks_leave_out(bob, blue):
    gap = next_change("Europe/Paris", month=3).replace(hour=2, minute=30, tzinfo=ZoneInfo("Europe/Paris"))
    ends = gap.replace(hour=5)
    assert refusal(booked, bob, blue, starts_at=gap, ends_at=ends) == "booking.no-such-time"


def test_what_stands_counts_for_the_quota_and_nothing_else(bob, alice, acme, blue):
    Organization.objects.update(bookings_per_person=2)
    first = booked(bob, blue)
    booked(alice, blue, starts=tomorrow(10))
    booked(bob, blue, starts=tomorrow(11))
    assert refusal(booked, bob, blue, starts=tomorrow(13)) == "booking.quota"
    cancelled(first)
    booked(bob, blue, starts=tomorrow(13))
    Organization.objects.update(bookings_per_person=0)
    booked(bob, blue, starts=tomorrow(15))


def next_change(zone: str, *, month: int) -> datetime:
    """The last Sunday of that month, when clocks in Europe change."""
    year = datetime.now(ZoneInfo(zone)).year
    ahead = [datetime(one, month, 31) for one in (year, year + 1)]
    days = [day - timedelta(days=(day.weekday() + 1) % 7) for day in ahead]
    return next(day for day in days if day > datetime.now() + timedelta(days=1))
