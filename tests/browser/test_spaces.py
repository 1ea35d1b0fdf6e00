"""Spaces on a screen: the grid by keyboard and mouse, as lists in narrow windows, for everybody who reads it."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from bookings.spaces.models import Amenity, OpeningHours
from bookings.states import BookingState
from tests.bookings.spaces.places import at, booked, organization, space
from tests.browser.people import until
from tests.browser.test_every_page import NO_MOTION, OUTSIDE, SHOTS, SIZES

DAY = "?date=2035-03-05"
GRID = f"/organizations/acme/spaces/grid/{DAY}"


@pytest.fixture
def acme(alice, bob):
    return organization(alice, bob)


@pytest.fixture
def blue(acme, alice, bob):
    """A day with one of everything."""
    blue = space(acme, building="North", floor="2", description="Bring your own tea.")
    for weekday in range(5):
        OpeningHours.objects.create(space=blue, weekday=weekday, opens=8 * 60, closes=18 * 60)
    for name in ("Screen", "Whiteboard"):
        blue.amenities.add(Amenity.objects.create(organization=acme, name=name))
    booked(blue, bob, at(9), at(10), "Standup")
    booked(blue, alice, at(10), at(11.5), "Salary review", is_private=True)
    booked(blue, bob, at(13), at(14), "Interview", state=BookingState.PENDING)
    green = space(acme, "Green room", capacity=12, building="North", floor="3", buffer_before=15, buffer_after=30)
    booked(green, alice, at(9.5), at(12), "Quarterly planning with everybody")
    booked(green, bob, at(15), at(16), "Retro", state=BookingState.CHECKED_IN, checked_in_at=at(15))
    space(acme, "Kyiv corner", capacity=2, time_zone="Europe/Kyiv", building="South")
    return blue


def by(cast, person, path=GRID):
    return cast.member(person).visit(path)


def cell(person, name):
    return person.page.get_by_role("gridcell", name=name, exact=True)


PLACES = {
    "spaces": "",
    "spaces free then": "?date=2035-03-05&start=09:00&end=10:00",
    "spaces nothing fits": "?people=500",
    "space grid": f"grid/{DAY}",
    "space grid week": f"grid/{DAY}&view=week",
    "space": f"{{pk}}/{DAY}",
    "new space": "new/",
    "edit space": "{pk}/edit/",
    "delete space": "{pk}/delete/",
    "door link": "{pk}/door/",
    "change door link": "{pk}/door/change/",
    "amenities": "amenities/",
}


@pytest.mark.parametrize("place", PLACES)
def test_it_is_accessible_and_fits(place, cast, alice, blue):
    person = by(cast, alice, "/organizations/acme/spaces/" + PLACES[place].format(pk=blue.pk))
    SHOTS.mkdir(exist_ok=True)
    for width, height in SIZES.items():
        person.page.set_viewport_size({"width": width, "height": height})
        until(lambda: person.page.evaluate(OUTSIDE) == [], f"outside at {width}: {person.page.evaluate(OUTSIDE)}")
        for scheme in ("dark", "light"):
            person.page.emulate_media(color_scheme=scheme)
            person.page.evaluate(NO_MOTION)
            found = Axe().run(person.page)
            assert found.violations_count == 0, f"{width} {scheme}: {found.generate_report()}"
            person.page.screenshot(path=SHOTS / f"{place.replace(' ', '-')}-{width}-{scheme}.png", full_page=True)
