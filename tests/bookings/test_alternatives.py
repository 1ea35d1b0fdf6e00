"""Whoever is refused is told where else, and when else."""

from datetime import timedelta

import pytest

from bookings.conflicts import Conflict
from bookings.spaces.models import Space
from tests.bookings.places import booked, equip, moved, new_space, open_at, tomorrow

pytestmark = pytest.mark.django_db


def offered(user, *spaces, **asked) -> list[tuple[tuple[str, ...], object]]:
    with pytest.raises(Conflict) as refused:
        booked(user, *spaces, **asked)
    return [(tuple(space.name for space in one.spaces), one.starts_at) for one in refused.value.alternatives]


def test_other_spaces_at_that_time_then_other_times_in_this_one(alice, bob, acme, blue, green):
    booked(alice, blue, starts=tomorrow(days=5))
    found = offered(bob, blue, starts=tomorrow(days=5))
    assert found[0] == (("Green",), tomorrow(days=5))
    around = {tomorrow(8, days=5), tomorrow(10, days=5)}
    assert {when for spaces, when in found[1:3] if spaces == ("Blue",)} == around
    assert found[3:] == [(("Blue",), tomorrow(days=days)) for days in (6, 4, 7)]


def test_what_is_offered_can_be_booked(alice, bob, acme, blue, green):
    Space.objects.update(buffer_before=10, buffer_after=5)
    open_at(blue, *range(7))
    for hour in (9, 11, 13):
        booked(alice, blue, starts=tomorrow(hour), minutes=50)
    with pytest.raises(Conflict) as refused:
        booked(bob, blue, starts=tomorrow(11), minutes=30)
    assert len(refused.value.alternatives) == 6
    for one in refused.value.alternatives:
        made = booked(bob, *one.spaces, starts=one.starts_at, minutes=30)
        assert made.ends_at == one.ends_at
        made.delete()


def test_the_smallest_that_fit_in_the_same_building_come_first(alice, bob, acme, blue):
    for name, more in {
        "Far": {"building": "North"},
        "Hall": {"building": "South", "capacity": 40},
        "Snug": {"building": "South", "capacity": 6},
        "Nook": {"building": "South", "capacity": 2},
        "Off": {"building": "South", "is_active": False},
        "Board": {"building": "South", "booked_by": "ADMINS"},
        "Brief": {"building": "South", "longest": 30},
        "Full": {"building": "South"},
    }.items():
        new_space(acme, name, **more)
    Space.objects.filter(pk=blue.pk).update(building="South")
    booked(alice, blue)
    booked(alice, Space.objects.get(name="Full"))
    names = [spaces[0] for spaces, when in offered(bob, blue, people=5) if when == tomorrow()]
    assert names == ["Snug", "Hall", "Far"]


def test_equipment_that_is_needed_is_there(alice, bob, acme, blue, green):
    needs = tuple(equip(blue, "Projector"))
    red = new_space(acme, "Red", capacity=20)
    equip(red, "Projector")
    booked(alice, blue)
    assert [spaces for spaces, when in offered(bob, blue, needs=needs) if when == tomorrow()] == [("Red",)]


def test_several_spaces_are_offered_other_times_together(alice, bob, blue, green):
    booked(alice, green)
    booked(alice, blue, starts=tomorrow(10))
    found = offered(bob, blue, green)
    assert len(found) == 6 and found[0] == (("Blue", "Green"), tomorrow(8))
    assert (("Blue", "Green"), tomorrow(11)) in found


def test_nothing_that_is_past_or_too_far(alice, bob, blue):
    Space.objects.update(horizon_days=2)
    booked(alice, blue)
    found = offered(bob, blue)
    assert found and all(when <= tomorrow(23, 59, days=2) for _spaces, when in found)


def test_what_was_booked_first_and_comes_later_hides_nothing(alice, bob, blue):
    for hour in (15, 12, 9):
        booked(alice, blue, starts=tomorrow(hour))
    with pytest.raises(Conflict) as refused:
        booked(bob, blue, starts=tomorrow(9), minutes=4 * 60)
    assert [one.starts_at for one in refused.value.taken] == [tomorrow(9), tomorrow(12)]


def test_what_is_to_be_moved_is_in_nobodys_way(alice, bob, blue):
    made = booked(bob, blue, starts=tomorrow(10))
    booked(alice, blue, starts=tomorrow(11))
    with pytest.raises(Conflict) as refused:
        moved(made, bob, starts_at=tomorrow(10, 30), ends_at=tomorrow(11, 30))
    assert tomorrow(10) in [one.starts_at for one in refused.value.alternatives]


def test_six_at_most_and_few_questions_to_the_database(alice, bob, acme, blue, django_assert_max_num_queries):
    for number in range(40):
        new_space(acme, f"Other {number}")
    booked(alice, blue)
    for hour in range(10, 18):
        booked(alice, blue, starts=tomorrow(hour), minutes=45)
    with pytest.raises(Conflict) as refused:
        booked(bob, blue, starts=tomorrow(9) + timedelta(minutes=30))
    with django_assert_max_num_queries(2):
        assert len(refused.value.alternatives) == 6
