"""Spaces on a screen: the timetable by keyboard and mouse, as lists in narrow windows, for everybody who reads it."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from bookings.models import Booking
from bookings.states import BookingState
from tests.bookings.places import equip, join, new_space, open_at, organization_of
from tests.bookings.spaces.places import at, booked, on
from tests.browser.conftest import ANSWERED_WITH_A_REFUSAL
from tests.browser.people import until
from tests.browser.test_every_page import NO_MOTION, OUTSIDE, SHOTS, SIZES

SPACES = "/organizations/acme/spaces/"
DAY = f"?date={on()}"
GRID = f"{SPACES}grid/{DAY}"
STANDUP = "Blue room, 09:00–10:00, Standup, Bob, Yours"
PLACES = {
    "spaces": "",
    "spaces free then": f"{DAY}&start=09:00&end=10:00",
    "spaces nothing fits": "?people=500",
    "timetable": f"grid/{DAY}",
    "timetable of a week": f"grid/{DAY}&view=week",
    "space": f"{{pk}}/{DAY}",
    "new space": "new/",
    "edit space": "{pk}/edit/",
    "delete space": "{pk}/delete/",
    "door link": "{pk}/door/",
    "change door link": "{pk}/door/change/",
    "amenities": "amenities/",
}


@pytest.fixture
def blue(alice, bob):
    """Of an organization with a day of everything."""
    acme = organization_of(alice)
    join(acme, bob)
    blue = new_space(acme, "Blue room", building="North", floor="2", description="Bring your own tea.")
    open_at(blue, 0, 1, 2, 3, 4, opens=8 * 60, closes=18 * 60)
    equip(blue, "Screen", "Whiteboard")
    booked(blue, bob, at(9), at(10), "Standup")
    booked(blue, alice, at(10), at(11.5), "Salary review", is_private=True)
    booked(blue, bob, at(13), at(14), "Interview", state=BookingState.PENDING)
    green = new_space(acme, "Green room", building="North", floor="3", buffer_before=15, buffer_after=30)
    booked(green, alice, at(9.5), at(12), "Quarterly planning with everybody")
    booked(green, bob, at(15), at(16), "Retro", state=BookingState.CHECKED_IN, checked_in_at=at(15))
    new_space(acme, "Kyiv corner", capacity=2, time_zone="Europe/Kyiv", building="South")
    return blue


@pytest.fixture
def bobs(cast, bob, blue):
    """Bob's page with the timetable of that day."""
    return cast.member(bob).visit(GRID)


def stop(person, name):
    return person.page.get_by_label(name, exact=True)


def focus_is_on(person, name):
    until(lambda: person.focused == name, f"the focus is on {person.focused!r}, not on {name!r}")
    assert person.focus_is_seen


def comes_with_tab(person, name):
    """From what is before the timetable."""
    person.page.get_by_role("region", name="Timetable").focus()
    person.types("Tab")
    focus_is_on(person, name)


def asked_to_book(person):
    """What the page where a booking is begun is asked for."""
    person.page.wait_for_url(re.compile("/bookings/new/"))
    parts = urlsplit(person.page.url)
    return parts.path, {name: values[0] for name, values in parse_qs(parts.query).items()}


def drag(person, begin, end):
    """From the middle of one thing to the middle of another."""
    boxes = [one.bounding_box() for one in (begin, end)]
    points = [(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in boxes]
    person.page.mouse.move(*points[0])
    person.page.mouse.down()
    person.page.mouse.move(*points[1], steps=8)
    person.page.mouse.up()


@pytest.mark.parametrize("place", PLACES)
def test_it_is_accessible_and_fits(place, cast, alice, blue):
    person = cast.member(alice).visit(SPACES + PLACES[place].format(pk=blue.pk))
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


def test_arrows_move_between_times_and_spaces_and_enter_begins_a_booking(bobs, blue):
    comes_with_tab(bobs, "Blue room, 08:00 to 08:30, free")
    for key, name in (
        ("ArrowLeft", "Blue room, 07:00 to 08:00, closed"),
        ("ArrowRight", "Blue room, 08:00 to 08:30, free"),
        ("ArrowRight", "Blue room, 08:30 to 09:00, free"),
        ("ArrowRight", STANDUP),
        ("ArrowRight", "Blue room, 10:00–11:30, Busy"),
        ("ArrowDown", "Green room, 09:30–12:00, Quarterly planning with everybody, Alice"),
        ("ArrowRight", "Green room, 12:00 to 12:30, kept clear"),
        ("ArrowDown", "Kyiv corner, 12:00 to 12:30, free"),
        ("ArrowUp", "Green room, 12:00 to 12:30, kept clear"),
        ("ArrowUp", "Blue room, 12:00 to 12:30, free"),
        ("End", "Blue room, 18:00 to 20:00, closed"),
        ("Home", "Blue room"),
        ("ArrowDown", "Green room"),
        ("ArrowUp", "Blue room"),
        ("ArrowRight", "Blue room, 07:00 to 08:00, closed"),
        ("ArrowRight", "Blue room, 08:00 to 08:30, free"),
    ):
        bobs.types(key)
        focus_is_on(bobs, name)

    bobs.types("Enter")

    path, asked = asked_to_book(bobs)
    assert path == "/organizations/acme/bookings/new/"
    assert asked == {"space": str(blue.pk), "starts": f"{on()}T08:00", "ends": f"{on()}T08:30"}


def test_tab_comes_to_the_timetable_once_and_to_where_one_was(bobs):
    comes_with_tab(bobs, "Blue room, 08:00 to 08:30, free")
    bobs.types("ArrowRight", "ArrowRight", "Tab")
    assert not bobs.focused
    bobs.types("Shift+Tab")
    focus_is_on(bobs, STANDUP)


def test_a_week_is_walked_through_day_by_day_and_booking_by_booking(cast, bob, blue):
    person = cast.member(bob).visit(f"{GRID}&view=week")
    monday, tuesday = f"{at(0):%A} {at(0).day} {at(0):%B}", f"{at(24):%A} {at(24).day} {at(24):%B}"
    comes_with_tab(person, f"Blue room, {monday}, Book")
    for key, name in (
        ("ArrowDown", f"Blue room, {monday}, 09:00–10:00, Standup, Bob, Yours"),
        ("ArrowDown", f"Blue room, {monday}, 10:00–11:30, Busy"),
        ("ArrowDown", f"Blue room, {monday}, 13:00–14:00, Interview, Bob, Yours, Waiting for approval"),
        ("ArrowDown", f"Green room, {monday}, Book"),
        ("ArrowRight", f"Green room, {tuesday}, Book"),
        ("ArrowUp", f"Blue room, {tuesday}, Book"),
    ):
        person.types(key)
        focus_is_on(person, name)


def test_a_press_on_free_time_begins_a_booking_and_on_closed_time_nothing(bobs):
    before = bobs.page.url
    stop(bobs, "Blue room, 07:00 to 08:00, closed").click()
    stop(bobs, "Green room, 12:00 to 12:30, kept clear").click()
    assert bobs.page.url == before
    stop(bobs, "Kyiv corner, 14:00 to 14:30, free").click()
    assert asked_to_book(bobs)[1]["starts"] == f"{on()}T14:00"


def test_dragging_over_free_time_books_that_long(bobs, blue):
    drag(bobs, stop(bobs, "Blue room, 16:30 to 17:00, free"), stop(bobs, "Blue room, 14:30 to 15:00, free"))
    assert asked_to_book(bobs)[1] == {"space": str(blue.pk), "starts": f"{on()}T14:30", "ends": f"{on()}T17:00"}


def to_kyiv_at_two(person, name):
    drag(person, stop(person, name), stop(person, "Kyiv corner, 14:00 to 14:30, free"))


def where(booking):
    """Its space, and its times by the clock there."""
    space = booking.spaces.get()
    found = Booking.objects.get(pk=booking.pk)
    return space.name, *(f"{one.astimezone(space.zone):%H:%M}" for one in (found.starts_at, found.ends_at))


@pytest.fixture
def standup(blue):
    return blue.bookings.get(title="Standup")


def test_dragging_ones_own_booking_moves_it_to_another_space_and_time(bobs, standup):
    to_kyiv_at_two(bobs, STANDUP)
    bobs.is_told("The booking is moved.")
    expect(stop(bobs, "Kyiv corner, 13:45–14:45, Standup, Bob, Yours")).to_be_visible()
    expect(stop(bobs, STANDUP)).to_have_count(0)
    assert where(standup) == ("Kyiv corner", "13:45", "14:45")

    drag(
        bobs,
        stop(bobs, "Kyiv corner, 13:45–14:45, Standup, Bob, Yours"),
        stop(bobs, "Kyiv corner, 16:00 to 16:30, free"),
    )
    expect(stop(bobs, "Kyiv corner, 15:45–16:45, Standup, Bob, Yours")).to_be_visible()
    assert where(standup) == ("Kyiv corner", "15:45", "16:45")


def test_a_booking_that_cannot_be_moved_snaps_back_and_one_is_told_why(cast, bobs, standup):
    cast.expects_complaints(ANSWERED_WITH_A_REFUSAL)
    drag(bobs, stop(bobs, STANDUP), stop(bobs, "Green room, 12:00 to 12:30, kept clear"))
    bobs.is_told("The space is not free at that time.")
    expect(stop(bobs, STANDUP)).to_be_visible()
    expect(bobs.page.locator(".drag-ghost, .being-moved")).to_have_count(0)
    assert where(standup) == ("Blue room", "09:00", "10:00")


def test_what_was_changed_meanwhile_is_shown_and_not_overwritten(cast, bobs, standup):
    cast.expects_complaints(ANSWERED_WITH_A_REFUSAL)
    Booking.objects.filter(pk=standup.pk).update(title="Daily", version=2)
    to_kyiv_at_two(bobs, STANDUP)
    bobs.is_told("This booking was changed meanwhile. Look at it again.")
    expect(stop(bobs, "Blue room, 09:00–10:00, Daily, Bob, Yours")).to_be_visible()
    assert where(standup) == ("Blue room", "09:00", "10:00")


def test_a_move_that_the_server_never_hears_of_says_so(cast, bobs, standup):
    cast.expects_complaints("ERR_INTERNET_DISCONNECTED")
    bobs.context.set_offline(True)
    to_kyiv_at_two(bobs, STANDUP)
    bobs.is_told("The booking is not moved: the server did not answer. Try again.")
    expect(stop(bobs, STANDUP)).to_be_visible()
    bobs.context.set_offline(False)
    to_kyiv_at_two(bobs, STANDUP)
    bobs.is_told("The booking is moved.")


def test_what_others_have_booked_stays_where_it_is(bobs, blue):
    to_kyiv_at_two(bobs, "Green room, 09:30–12:00, Quarterly planning with everybody, Alice")
    expect(bobs.page.locator(".drag-ghost")).to_have_count(0)
    planning = Booking.objects.get(title__startswith="Quarterly")
    assert where(planning) == ("Green room", "09:30", "12:00")


def test_escape_lets_go_of_what_is_dragged(bobs, standup):
    asked = []
    bobs.page.on("request", lambda request: asked.append(request.method))
    stop(bobs, STANDUP).hover()
    bobs.page.mouse.down()
    stop(bobs, "Kyiv corner, 14:00 to 14:30, free").hover()
    expect(bobs.page.locator(".drag-ghost")).to_contain_text("Kyiv corner 13:45–14:45")
    bobs.types("Escape")
    expect(bobs.page.locator(".drag-ghost")).to_have_count(0)
    bobs.page.mouse.up()
    to_kyiv_at_two(bobs, STANDUP)
    bobs.is_told("The booking is moved.")
    assert asked.count("POST") == 1


def test_what_others_book_appears_by_itself_and_the_focus_stays(cast, bob, alice, blue):
    person = cast.member(bob)
    person.page.clock.install()
    person.visit(GRID)
    stop(person, "Blue room, 15:00 to 15:30, free").focus()
    booked(blue, alice, at(16), at(17), "Retrospective")
    person.page.clock.run_for(31_000)
    expect(stop(person, "Blue room, 16:00–17:00, Retrospective, Alice")).to_be_visible()
    focus_is_on(person, "Blue room, 15:00 to 15:30, free")


def test_a_phone_shows_a_list_of_each_space(cast, bob, blue):
    person = cast.member(bob, viewport={"width": 360, "height": 740}).visit(GRID)
    expect(person.page.get_by_role("grid")).to_have_count(0)
    first = person.page.get_by_role("listitem").filter(has=person.page.get_by_role("heading", name="Blue room"))
    for text in ("08:00–09:00 Free", "Standup", "10:00–11:30 Busy", "Waiting for approval"):
        expect(first.get_by_text(text).first).to_be_visible()
    first.get_by_role("link", name="Book Blue room, 11:30–13:00").click()
    assert asked_to_book(person)[1] == {"space": str(blue.pk), "starts": f"{on()}T11:30"}


def test_without_scripts_one_still_moves_between_days_and_books(cast, bob, blue):
    person = cast.member(bob, java_script_enabled=False).visit(GRID)
    person.page.get_by_role("link", name="Next day").click()
    assert f"date={on(1)}" in person.page.url
    person.page.get_by_role("link", name="Week").click()
    expect(person.page.get_by_role("link", name=re.compile("Standup"))).to_be_visible()
    person.page.get_by_role("link", name="Blue room").click()
    person.page.get_by_role("link", name="Book", exact=True).click()
    assert asked_to_book(person)[1]["space"] == str(blue.pk)


def test_an_administrator_copies_the_link_of_a_door(cast, alice, blue):
    person = cast.member(alice, permissions=["clipboard-read", "clipboard-write"])
    person.visit(f"{SPACES}{blue.pk}/door/")
    person.press("Copy link")
    person.is_told("The link was copied.")
    assert person.page.evaluate("navigator.clipboard.readText()").endswith(f"/door/{blue.door_key}/")
