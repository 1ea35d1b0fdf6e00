"""Operators look at bookings; they change nothing there."""

import pytest

from bookings.services.series import book_series
from tests.bookings.places import booked, tomorrow, wish
from tests.conftest import browser_of


@pytest.mark.parametrize("text", ["Review", "bob@example.org", "Blue"])
def test_they_are_listed_and_found(oscar, alice, bob, blue, green, text):
    booked(bob, blue)
    booked(alice, green, title="Retro")
    everything, found = (browser_of(oscar).get("/admin/bookings/booking/", {"q": q}) for q in ("", text))
    assert {one.title for one in everything.context["cl"].result_list} == {"Retro", "Review"}
    assert {one.title for one in found.context["cl"].result_list} == {"Review"}
    assert "field-organizer" in found.text


def test_one_is_shown_with_its_spaces_and_people(oscar, bob, blue):
    made = booked(bob, blue, attendees=("gina@example.net",))
    page = browser_of(oscar).get(f"/admin/bookings/booking/{made.pk}/change/")
    assert "gina@example.net" in page.text
    assert "Blue" in page.text
    assert browser_of(oscar).post(f"/admin/bookings/booking/{made.pk}/change/", {"title": "x"}).status_code == 403


def test_series_are_listed(oscar, bob, blue):
    series = book_series(organizer=bob, wish=wish(blue, starts=tomorrow()), rrule="FREQ=DAILY;COUNT=2")
    page = browser_of(oscar).get("/admin/bookings/series/").text
    assert str(series.uid) in page
    assert "field-rrule" in page
