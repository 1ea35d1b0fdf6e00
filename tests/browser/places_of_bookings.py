"""The pages on which people book a space, see what is booked, change it and call it off."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from playwright.sync_api import expect

from accounts.models import User
from bookings.models import Booking
from bookings.spaces.models import Space
from rooms.models import Meeting, Room
from tests.bookings.calendars.bookings import booking_of, series_of
from tests.bookings.places import equip, join, new_space, organization_of, tomorrow
from tests.browser.conftest import ANSWERED_WITH_A_REFUSAL, Cast
from tests.browser.people import Person
from tests.conftest import person

Way = Callable[[Cast, User, Room], Person]
NEW = "/organizations/acme/bookings/new/"


def office(alice: User) -> Space:
    """Two spaces; the first is taken tomorrow from nine to ten, and asked for after that."""
    acme = organization_of(alice)
    blue, green = new_space(acme, "Blue room", building="North"), new_space(acme, "Green room", time_zone="Asia/Tokyo")
    equip(blue, "Screen", "Whiteboard")
    bob = person("Bob")
    join(acme, bob)
    booking_of(blue, bob, tomorrow(), title="Planning with a title that is long enough to need a second line")
    booking_of(blue, bob, tomorrow(10), title="Interview", state="PENDING")
    booking_of(green, alice, tomorrow(days=-3), title="Retro", state="COMPLETED")
    return blue


def typed(page: Any, starts: datetime, title: str = "Review") -> None:
    wall = "%Y-%m-%dT%H:%M"
    page.get_by_label("Title").fill(title)
    page.get_by_label("Starts").fill(starts.strftime(wall))
    page.get_by_label("Ends").fill((starts + timedelta(hours=1)).strftime(wall))


def at(path: str) -> Way:
    def way(cast: Cast, alice: User, room: Room) -> Person:
        office(alice)
        return cast.member(alice).visit(path)

    return way


def conflict(cast: Cast, alice: User, room: Room) -> Person:
    cast.expects_complaints(ANSWERED_WITH_A_REFUSAL)
    visitor = at(NEW)(cast, alice, room)
    typed(visitor.page, tomorrow())
    visitor.page.get_by_role("button", name="Book", exact=True).click()
    expect(visitor.page.get_by_role("alert", name="This time is taken")).to_be_visible()
    return visitor


def dates(cast: Cast, alice: User, room: Room) -> Person:
    cast.expects_complaints(ANSWERED_WITH_A_REFUSAL)
    visitor = at(NEW)(cast, alice, room)
    typed(visitor.page, tomorrow())
    visitor.page.get_by_label("Repeats").select_option("WEEKLY")
    visitor.page.get_by_label("How many times").fill("8")
    visitor.page.get_by_role("button", name="Book", exact=True).click()
    expect(visitor.page.get_by_role("heading", name="Every date")).to_be_visible()
    return visitor


def of_one(part: str = "", **fields: Any) -> Way:
    def way(cast: Cast, alice: User, room: Room) -> Person:
        blue = office(alice)
        meeting = Meeting.objects.create(room=room, state="SCHEDULED")
        invited = ("gina@example.org", "a.very.long.address.of.somebody@a-very-long-domain.example.org")
        text = {"title": "Board meeting", "description": "Bring numbers\nand cake", "people": 6}
        made = booking_of(blue, alice, tomorrow(14), attendees=invited, meeting=meeting, **text | fields)
        return cast.member(alice).visit(f"/bookings/{made.pk}/{part}")

    return way


def of_a_series(part: str, **fields: Any) -> Way:
    def way(cast: Cast, alice: User, room: Room) -> Person:
        series = series_of(office(alice), alice, tomorrow(16).replace(tzinfo=None), "FREQ=WEEKLY;COUNT=5", **fields)
        first = series.bookings.order_by("starts_at")[0]
        return cast.member(alice).visit(f"/bookings/{first.pk}/{part}")

    return way


def to_decide(cast: Cast, alice: User, room: Room) -> Person:
    office(alice)
    return cast.member(alice).visit(f"/bookings/{Booking.objects.get(title='Interview').pk}/")


def nothing_yet(cast: Cast, alice: User, room: Room) -> Person:
    return cast.member(alice).visit("/bookings/")


PLACES_OF_BOOKINGS: dict[str, Way] = {
    "no bookings": nothing_yet,
    "my bookings": at("/bookings/"),
    "bookings": at("/organizations/acme/bookings/"),
    "new booking": at(NEW),
    "booking conflict": conflict,
    "booking dates": dates,
    "booking": of_one(),
    "booking released": of_one(state="RELEASED"),
    "booking to decide": to_decide,
    "booking of a series": of_a_series(""),
    "series to decide": of_a_series("", state="PENDING"),
    "edit booking": of_one("edit/"),
    "edit a series": of_a_series("edit/"),
    "cancel a series": of_a_series("cancel/"),
}
