"""A tablet at the door of a space, where nobody signs in."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connections
from django.utils import timezone
from playwright.sync_api import expect

from bookings.models import Booking
from bookings.services.presence import check_in
from bookings.services.upkeep import release_absent
from bookings.spaces.models import Space
from rooms.codes import new_code
from tests.bookings.doors import zone_at_noon
from tests.bookings.places import booked, happened, join, new_space, organization_of, soon
from tests.browser.conftest import ANSWERED_WITH_A_REFUSAL, SERVER_IS_AWAY, WINDOWS, Cast
from tests.browser.people import until
from tests.browser.test_every_page import NO_MOTION, OUTSIDE, SHOTS

TABLETS = {"wide": (1280, 800), "small": (1024, 768), "upright": (800, 1280), "phone": (360, 740), "wall": (2560, 1440)}


@pytest.fixture
def blue(transactional_db, alice, bob) -> Space:
    acme = organization_of(alice)
    join(acme, bob)
    return new_space(acme, "Blue", building="North", floor="2", time_zone=zone_at_noon())


SIZES = {"tablet": {"width": 1280, "height": 800}, **WINDOWS}
AT_ANY_SIZE = pytest.mark.parametrize("tablet", SIZES, indirect=True)


@pytest.fixture
def tablet(request, cast):
    return cast.guest("Tablet", viewport=SIZES[getattr(request, "param", "tablet")])


def aside(do, *given, **how):
    """What is told to sockets cannot be told from this thread, where Playwright's loop runs."""

    def run():
        try:
            return do(*given, **how)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


def at_door(tablet, space):
    tablet.page.goto(f"{tablet.address}/door/{space.door_key}/")
    return tablet.page


def reads(page, *words):
    for one in words:
        expect(page.locator("#door")).to_contain_text(one)


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def later(page, seconds):
    page.clock.run_for(seconds * 1000)


@AT_ANY_SIZE
def test_checking_in_extending_and_ending(tablet, bob, blue):
    booking = happened(aside(booked, bob, blue, starts=soon(), minutes=30), minutes=2)
    page = at_door(tablet, blue)
    reads(page, "Busy until", "Review", "Bob", "Check in by")

    press(page, "Check in")
    reads(page, "Checked in")
    press(page, "Extend 15 minutes")
    until = (booking.ends_at + timedelta(minutes=15)).astimezone(blue.zone)
    reads(page, f"Busy until {until:%H:%M}")
    press(page, "End now")

    reads(page, "Free for the rest of the day")
    booking.refresh_from_db()
    assert booking.state == "COMPLETED"


def test_booking_half_an_hour(tablet, blue):
    page = at_door(tablet, blue)
    reads(page, "Free")

    press(page, "Book 30 minutes")

    reads(page, "Busy until", "Booked at the door", "Checked in")
    assert Booking.objects.get().organizer is None


LOOK = "document.dispatchEvent(new Event('visibilitychange'))"
NOTE_STATES = """() => {
  const [board] = [document.getElementById("door"), (window.states = [])];
  const note = () => states.push(/Checked in|Check in by/.exec(board.textContent)?.[0]);
  new MutationObserver(note).observe(board, { childList: true });
}"""


def test_what_is_done_is_shown_by_its_own_answer_and_undone_by_none_asked_before(tablet, bob, blue):
    """A press on what another answer shows would be lost, since one is still awaited."""
    booking = happened(aside(booked, bob, blue, starts=soon(), minutes=30), minutes=2)
    page = at_door(tablet, blue)
    reads(page, "Check in by")
    page.evaluate(NOTE_STATES)
    held = []
    page.route(re.compile(r"/door/[^/]*/(check-in/)?$"), lambda route: held.append((route, route.fetch())), times=2)

    page.evaluate(LOOK)
    until(lambda: page.evaluate("1") and held, "it does not look")
    press(page, "Check in")
    until(lambda: page.evaluate("1") and len(held) == 2, "nothing is done")
    asked = []
    page.on("request", lambda request: asked.append(request.method))
    page.evaluate(LOOK)
    for route, answer in reversed(held):
        assert asked == []
        route.fulfill(response=answer)
    until(lambda: page.evaluate("1") and asked, "it does not look afterwards")

    assert page.evaluate("new Set(states).size") == 1
    press(page, "Extend 15 minutes")
    end = (booking.ends_at + timedelta(minutes=15)).astimezone(blue.zone)
    reads(page, f"Busy until {end:%H:%M}")


def test_what_happens_elsewhere_is_shown_at_once(cast, tablet, bob, blue):
    booking = aside(booked, bob, blue, starts=soon(), meeting="ROOM")
    page = at_door(tablet, blue)
    reads(page, "Check in by")
    until(lambda: page.evaluate("performance.getEntriesByType('resource').length > 0"), "nothing was loaded")

    phone = cast.member(bob)
    phone.page.goto(f"{phone.address}/bookings/{booking.pk}/join/")
    phone.press("Join")
    phone.sees_heading("Review")

    reads(page, "Checked in")


@AT_ANY_SIZE
def test_a_space_that_nobody_came_to_becomes_free_before_ones_eyes(tablet, bob, blue):
    booking = happened(aside(booked, bob, blue, starts=soon(), minutes=60), minutes=9)
    tablet.page.clock.install()
    page = at_door(tablet, blue)
    reads(page, "Busy until", "Check in by")

    happened(booking, minutes=2)
    assert aside(release_absent) == 1
    later(page, 30)

    reads(page, "Free for the rest of the day")


def test_the_next_booking_begins_by_itself(tablet, bob, blue):
    booking = aside(booked, bob, blue, starts=soon(minutes=20))
    tablet.page.clock.install()
    page = at_door(tablet, blue)
    reads(page, "Free until", "Review")

    happened(booking, minutes=21)
    later(page, 60)

    reads(page, "Busy until", "Review")


def test_its_clock_is_the_servers_whatever_the_tablets_says(tablet, blue):
    tablet.page.clock.install()
    page = at_door(tablet, blue)
    page.clock.fast_forward(13 * 3600 * 1000)
    now = timezone.now().astimezone(blue.zone)
    expect(page.locator("#clock")).to_have_text(re.compile(f"{now:%H:%M}|{now + timedelta(minutes=1):%H:%M}"))
    reads(page, "Free")


def test_it_says_that_the_server_is_away_and_comes_back_by_itself(launch, start_server, bob, blue):
    cast = Cast(launch, start_server())
    cast.expects_complaints(*SERVER_IS_AWAY)
    page = at_door(cast.guest("Tablet"), blue)
    reads(page, "Free")

    cast.server.kill()
    expect(page.get_by_role("alert").filter(has_text="No connection to the server")).to_be_visible()
    reads(page, "Free")
    aside(booked, bob, blue, starts=soon())
    cast.server.start()

    reads(page, "Busy until", "Review")
    expect(page.get_by_role("alert")).to_be_hidden()
    cast.go_home()


def test_a_link_that_was_changed_says_so_and_asks_no_more(cast, tablet, blue):
    cast.expects_complaints(ANSWERED_WITH_A_REFUSAL)
    page = at_door(tablet, blue)
    reads(page, "Free")

    Space.objects.update(door_key=new_code())

    tablet.sees_heading("This door has another link now")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.install()
    later(page, 120)
    assert asked == []
    assert Axe().run(page).violations_count == 0


def test_a_refusal_is_said_in_words(cast, tablet, bob, blue):
    cast.expects_complaints(ANSWERED_WITH_A_REFUSAL)
    page = at_door(tablet, blue)
    reads(page, "Free")
    aside(booked, bob, blue, starts=soon())

    press(page, "Book 30 minutes")

    expect(page.get_by_role("alert")).to_have_text("The space is not free at that time.")
    reads(page, "Busy until")


def test_without_scripts_every_button_works(cast, bob, blue):
    happened(aside(booked, bob, blue, starts=soon(), minutes=30), minutes=2)
    page = at_door(cast.guest("Old tablet", java_script_enabled=False), blue)
    for name, read in {"Check in": "Checked in", "End now": "Free", "Book 15 minutes": "Booked at the door"}.items():
        press(page, name)
        reads(page, read)


def test_however_full_the_day_what_can_be_done_stays_in_sight(cast, bob, blue):
    long = "Planning of the coming year " * 3
    aside(booked, bob, blue, starts=soon(), minutes=30, title=long, meeting="ROOM")
    for later_on in range(1, 8):
        aside(booked, bob, blue, starts=soon(hours=later_on), minutes=45, title=long)
    page = at_door(cast.guest("Tablet", viewport={"width": 1024, "height": 768}), blue)

    for name in ("Check in", "Join", "Extend 15 minutes", "End now"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("link", name="Report a problem")).to_be_in_viewport(ratio=1)
    assert Axe().run(page).violations_count == 0


def free(blue, bob, alice) -> None:
    aside(booked, bob, blue, starts=soon(hours=2), minutes=45, title="Budget of the coming year with everybody")
    aside(booked, alice, blue, starts=soon(hours=3), is_private=True)


def busy(blue, bob, alice) -> None:
    free(blue, bob, alice)
    happened(aside(booked, bob, blue, starts=soon(), minutes=60, title="Weekly review", meeting="ROOM"), minutes=3)


def private(blue, bob, alice) -> None:
    free(blue, bob, alice)
    aside(check_in, booking=aside(booked, alice, blue, starts=soon(), minutes=60, is_private=True), actor=None)


def closed(blue, bob, alice) -> None:
    Space.objects.update(is_active=False)


@pytest.mark.parametrize("what", [free, busy, private, closed])
def test_it_reads_well_on_every_tablet(tablet, blue, bob, alice, what):
    what(blue, bob, alice)
    page = at_door(tablet, blue)
    SHOTS.mkdir(exist_ok=True)
    for name, (width, height) in TABLETS.items():
        page.set_viewport_size({"width": width, "height": height})
        until(lambda: page.evaluate(OUTSIDE) == [], f"outside at {width}: {page.evaluate(OUTSIDE)}")
        for scheme in ("dark", "light"):
            page.emulate_media(color_scheme=scheme)
            page.evaluate(NO_MOTION)
            found = Axe().run(page)
            assert found.violations_count == 0, f"{name} {scheme}: {found.generate_report()}"
            page.screenshot(path=SHOTS / f"door-{what.__name__}-{name}-{scheme}.png")
