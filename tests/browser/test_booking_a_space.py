"""People find a space and book it, meet a conflict, book a series, and say yes to what waits."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from bookings.models import Booking, Series
from bookings.spaces.models import Space
from bookings.states import BookingState
from tests.bookings.calendars.bookings import booking_of, series_of
from tests.bookings.places import join, new_space, organization_of, tomorrow
from tests.browser.conftest import ANSWERED_WITH_A_REFUSAL
from tests.browser.people import FOCUSED, until
from tests.browser.places_of_bookings import NEW, typed


@pytest.fixture
def cast(cast_in_windows):
    return cast_in_windows


@pytest.fixture
def acme(transactional_db, alice, bob):
    acme = organization_of(alice)
    join(acme, bob)
    return acme


@pytest.fixture
def blue(acme) -> Space:
    return new_space(acme, "Blue")


@pytest.fixture
def green(acme) -> Space:
    return new_space(acme, "Green")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_finding_a_free_space_and_booking_it(cast, alice, bob, blue, green):
    booking_of(blue, alice, tomorrow())
    page = cast.member(bob).visit("/organizations/acme/spaces/").page

    page.get_by_label("Date").fill(f"{tomorrow():%Y-%m-%d}")
    page.get_by_label("From", exact=True).fill("09:00")
    page.get_by_label("To", exact=True).fill("10:00")
    press(page, "Search")
    expect(page.get_by_role("heading", name="Green")).to_be_visible()
    expect(page.get_by_role("heading", name="Blue")).to_have_count(0)
    page.get_by_role("link", name="Book", exact=True).first.click()
    expect(page.get_by_label("Starts")).to_have_value(f"{tomorrow():%Y-%m-%dT09:00}")
    expect(page.get_by_text(re.compile("Held for you until"))).to_be_visible()
    page.get_by_label("Title").fill("Review")
    press(page, "Book")

    expect(page.get_by_role("heading", level=1, name="Review")).to_be_visible()
    expect(page.get_by_text("Confirmed", exact=True)).to_be_visible()
    assert list(Booking.objects.get(organizer=bob).spaces.all()) == [green]


def test_a_conflict_and_the_alternative_one_press_away(cast, alice, bob, blue, green):
    cast.expects_complaints(ANSWERED_WITH_A_REFUSAL)
    booking_of(blue, alice, tomorrow(), title="Board")
    page = cast.member(bob).visit(f"{NEW}?space={blue.pk}").page
    typed(page, tomorrow())
    page.get_by_label("Ends").press("Tab")
    expect(page.get_by_text("The space is not free at that time.")).to_be_visible()

    press(page, "Book")
    told = page.get_by_role("alert", name="This time is taken")
    expect(told).to_contain_text("Board")
    told.get_by_role("button", name=re.compile("^Green")).first.click()

    expect(page.get_by_role("heading", level=1, name="Review")).to_be_visible()
    made = Booking.objects.get(title="Review")
    assert (made.spaces.get(), made.starts_at) == (green, tomorrow())


def test_a_series_with_a_conflict(cast, alice, bob, blue):
    cast.expects_complaints(ANSWERED_WITH_A_REFUSAL)
    booking_of(blue, alice, tomorrow() + timedelta(weeks=1))
    page = cast.member(bob).visit(f"{NEW}?space={blue.pk}").page
    typed(page, tomorrow())
    page.get_by_label("Repeats").select_option("WEEKLY")
    page.get_by_label("How many times").fill("4")
    press(page, "Book")

    expect(page.get_by_text("1 date is not possible.")).to_be_visible()
    assert not Series.objects.exists()
    press(page, "Change")
    expect(page.get_by_label("How many times")).to_have_value("4")
    press(page, "Book")
    press(page, "Book the 3 that are possible")

    expect(page.get_by_role("heading", name="Dates to come")).to_be_visible()
    assert Series.objects.get().bookings.count() == 3


def test_an_administrator_approves_and_the_member_sees_it(cast, alice, bob, acme):
    hall = new_space(acme, "Hall", needs_approval=True)
    bobs = cast.member(bob).visit(f"{NEW}?space={hall.pk}").page
    typed(bobs, tomorrow())
    press(bobs, "Book")
    expect(bobs.get_by_text("An administrator is asked to approve it.")).to_be_visible()

    alices = cast.member(alice).visit("/organizations/acme/bookings/").page
    waiting = alices.get_by_role("region", name="Waiting for approval")
    waiting.get_by_role("link", name="Review").click()
    press(alices, "Approve")
    expect(alices.get_by_text("The booking is approved.")).to_be_visible()

    bobs.reload()
    expect(bobs.get_by_text("Confirmed", exact=True)).to_be_visible()


def test_an_administrator_approves_all_dates_at_once(cast, alice, bob, acme):
    hall = new_space(acme, "Hall", needs_approval=True)
    series = series_of(hall, bob, tomorrow().replace(tzinfo=None), "FREQ=DAILY;COUNT=3", state="PENDING")
    page = cast.member(alice).visit(f"/bookings/{series.bookings.order_by('starts_at')[0].pk}/").page
    press(page, "Approve all 3 that wait")
    expect(page.get_by_text("Confirmed", exact=True)).to_be_visible()
    assert set(series.bookings.values_list("state", flat=True)) == {"CONFIRMED"}


def test_two_change_the_same_booking(cast, alice, bob, blue):
    cast.expects_complaints(ANSWERED_WITH_A_REFUSAL)
    made = booking_of(blue, bob, tomorrow())
    bobs, alices = (cast.member(one).visit(f"/bookings/{made.pk}/edit/").page for one in (bob, alice))
    alices.get_by_label("Title").fill("Theirs")
    press(alices, "Save")
    expect(alices.get_by_text("The changes are saved.")).to_be_visible()

    bobs.get_by_label("Title").fill("Mine")
    press(bobs, "Save")
    expect(bobs.get_by_role("alert").first).to_contain_text("Theirs")
    press(bobs, "Save")
    expect(bobs.get_by_role("heading", level=1, name="Mine")).to_be_visible()


def test_leaving_the_form_frees_the_time(cast, alice, bob, blue):
    page = cast.member(bob).visit(f"{NEW}?space={blue.pk}").page
    expect(page.get_by_text(re.compile("Held for you until"))).to_be_visible()
    page.goto(page.url.split("/organizations")[0] + "/bookings/")
    until(lambda: not Booking.objects.filter(state=BookingState.HELD).exists(), "the hold is still there")


def test_coming_back_to_the_form_holds_the_time_again(cast, bob, blue):
    page = cast.member(bob).visit(f"{NEW}?space={blue.pk}").page
    expect(page.get_by_text(re.compile("Held for you until"))).to_be_visible()
    Booking.objects.filter(state=BookingState.HELD).delete()  # as after five minutes in another tab
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    until(lambda: Booking.objects.filter(state=BookingState.HELD).exists(), "the time is not held")


def test_booking_with_a_keyboard_alone(cast, bob, blue):
    page = cast.member(bob).visit(f"{NEW}?space={blue.pk}").page
    reach(page, "Title")
    page.keyboard.type("By keys")
    reach(page, "Book")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="By keys")).to_be_visible()
    reach(page, "Cancel booking")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Cancel this booking?")).to_be_visible()
    reach(page, "Cancel booking")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The booking is cancelled.")).to_be_visible()


def reach(page: Page, name: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED) == name:
            return
    raise AssertionError(f"{name} is not reached by Tab")


def test_a_viewer_sees_and_does_not_book_and_a_stranger_sees_nothing(cast, acme, bob, charlie, oscar, blue):
    cast.expects_complaints(ANSWERED_WITH_A_REFUSAL)
    join(acme, charlie, "VIEWER")
    made = booking_of(blue, bob, tomorrow())
    viewer = cast.member(charlie).visit("/organizations/acme/bookings/").page
    expect(viewer.get_by_role("link", name="Review")).to_be_visible()
    expect(viewer.get_by_role("link", name="Book a space")).to_have_count(0)
    viewer.get_by_role("link", name="Review").click()
    for name in ("Edit", "Cancel booking"):
        expect(viewer.get_by_role("link", name=name)).to_have_count(0)

    stranger = cast.member(oscar).visit(f"/bookings/{made.pk}/").page
    expect(stranger.get_by_text("Review")).to_have_count(0)
    expect(stranger).to_have_title(re.compile("not found|Not found|There is no", re.IGNORECASE))
