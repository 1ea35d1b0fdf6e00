"""A booking is dragged in the timetable: to another time or another space, by the clock of where it is dropped."""

from typing import Any

from django.test import Client

from bookings.models import Booking
from bookings.spaces.models import Space
from tests.bookings.places import booked, new_space, next_turn, tomorrow


def wall(hour: int) -> str:
    return f"{tomorrow(hour):%Y-%m-%dT%H:%M}"  # the spaces are in UTC


def dragged(booking: Booking, to: Space, starts: str, ends: str, **fields: Any) -> dict[str, Any]:
    booking.refresh_from_db()
    held = booking.spaces.order_by("name")[0]
    return {"version": booking.version, "from": held.pk, "space": to.pk, "starts": starts, "ends": ends, **fields}


def test_dragging_in_the_grid_moves(bobs_page: Client, bob, alice, blue, green):
    made = booked(bob, blue)
    path, to = f"/bookings/{made.pk}/move/", (wall(11), wall(12))
    stale = dragged(made, green, *to)
    assert bobs_page.post(path, stale).status_code == 200
    made.refresh_from_db()
    assert (made.starts_at, made.spaces.get()) == (tomorrow(11), green)
    again = bobs_page.post(path, stale)
    assert (again.status_code, again.json()["code"]) == (409, "booking.changed")
    booked(alice, blue, starts=tomorrow(14))
    onto = dragged(made, blue, wall(14), wall(15))
    assert bobs_page.post(path, onto).json()["code"] == "booking.conflict"
    assert bobs_page.post(path, {**onto, "starts": "x"}).status_code == 422


def test_dragging_goes_by_the_clock_of_the_space_and_leaves_the_others(bobs_page: Client, bob, acme, blue, green):
    tokyo = new_space(acme, "Tokyo", time_zone="Asia/Tokyo")
    made = booked(bob, blue, green)
    day = f"{tomorrow():%Y-%m-%d}"
    answer = bobs_page.post(f"/bookings/{made.pk}/move/", dragged(made, tokyo, f"{day}T18:00", f"{day}T19:00"))
    assert answer.status_code == 200, answer.content
    made.refresh_from_db()
    assert made.starts_at == tomorrow(9)
    assert set(made.spaces.all()) == {tokyo, green}


def test_what_the_clocks_skip_is_refused(bobs_page: Client, bob, acme):
    paris = new_space(acme, "Paris", time_zone="Europe/Paris", horizon_days=730)
    gap = next_turn(paris, forward=True)
    made = booked(bob, paris)
    answer = bobs_page.post(f"/bookings/{made.pk}/move/", dragged(made, paris, f"{gap}T02:15", f"{gap}T03:15"))
    assert (answer.status_code, answer.json()["code"]) == (422, "booking.no-such-time")
