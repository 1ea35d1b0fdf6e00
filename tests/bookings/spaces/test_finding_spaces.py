import pytest
from django.urls import reverse

from bookings.spaces.models import Space
from bookings.states import BookingState
from organizations.models import Makers, MembershipRole
from tests.bookings.places import equip, join, new_space, open_at, organization_of, soon
from tests.bookings.spaces.places import at, booked, on
from tests.conftest import browser_of

SPACES = "/organizations/acme/spaces/"


def listed(browser, **asked):
    answer = browser.get(reverse("spaces", args=("acme",)), asked)
    assert answer.status_code == 200
    return [one.space.name for one in answer.context["present"]]


def free(browser, start, end, **asked):
    return listed(browser, date=on(), start=start, end=end, **asked)


@pytest.fixture
def red(acme):
    return new_space(acme, "Red", capacity=3, building="South")


def test_by_people_building_and_amenities(blue, green, red, bobs_page):
    screen, board = equip(blue, "Screen", "Board")
    equip(green, "Screen")
    assert listed(bobs_page) == ["Blue", "Green", "Red"]
    assert listed(bobs_page, people=4) == ["Blue", "Green"]
    assert listed(bobs_page, building="South") == ["Red"]
    assert listed(bobs_page, amenities=[screen.pk]) == ["Blue", "Green"]
    assert listed(bobs_page, amenities=[screen.pk, board.pk]) == ["Blue"]
    assert listed(bobs_page, people=4, amenities=[board.pk], building="South") == []


def test_by_a_time_at_which_they_are_free_the_smallest_first(blue, green, red, bob, bobs_page):
    booked(blue, bob, at(9), at(10))
    assert free(bobs_page, "09:00", "10:00") == ["Red", "Green"]
    assert free(bobs_page, "10:00", "11:00") == ["Red", "Blue", "Green"]
    assert free(bobs_page, "09:59", "10:30", people=4) == ["Green"]


def test_buffers_keep_a_space_from_being_free(acme, blue, bob, bobs_page):
    tidied = new_space(acme, "Tidied", buffer_before=10, buffer_after=20)
    booked(tidied, bob, at(9), at(10))
    assert free(bobs_page, "10:25", "11:00") == ["Blue"]
    assert free(bobs_page, "10:30", "11:00") == ["Blue", "Tidied"]
    assert free(bobs_page, "08:00", "08:31") == ["Blue"]
    assert free(bobs_page, "08:00", "08:30") == ["Blue", "Tidied"]


def test_a_cancelled_booking_and_a_hold_that_ran_out_are_in_nobodys_way(blue, bob, bobs_page):
    booked(blue, bob, at(9), at(10), state=BookingState.CANCELLED)
    booked(blue, bob, at(9), at(10), "", state=BookingState.HELD, held_until=soon(minutes=-1))
    assert free(bobs_page, "09:00", "10:00") == ["Blue"]


def test_a_hold_keeps_a_space_while_it_lasts(blue, bob, host_page):
    booked(blue, bob, at(9), at(10), "", state=BookingState.HELD, held_until=soon(minutes=5))
    assert free(host_page, "09:00", "10:00") == []


def test_by_the_clock_of_each_space(acme, blue, bob, bobs_page):
    kyiv = new_space(acme, "Kyiv", time_zone="Asia/Kathmandu")
    booked(kyiv, bob, at(3.25), at(4.25))  # 09:00 to 10:00 there, UTC+5:45
    assert free(bobs_page, "09:00", "10:00") == ["Blue"]
    assert free(bobs_page, "10:00", "11:00") == ["Blue", "Kyiv"]


def test_only_what_can_be_booked(blue, green, host_page):
    open_at(blue, 0, opens=9 * 60, closes=17 * 60)
    Space.objects.filter(pk=green.pk).update(longest=60)
    assert free(host_page, "09:00", "10:00") == ["Blue", "Green"]
    assert free(host_page, "08:30", "09:30") == ["Green"]
    assert free(host_page, "09:00", "10:01") == ["Blue"]
    assert listed(host_page, date="2020-01-06", start="09:00", end="10:00") == []


def test_who_may_not_book_finds_what_is_free_and_no_button(acme, blue, green, charlie, bobs_page, strangers_page):
    join(acme, charlie, MembershipRole.VIEWER)
    Space.objects.filter(pk=green.pk).update(booked_by=Makers.ADMINS)
    assert free(bobs_page, "09:00", "10:00") == free(strangers_page, "09:00", "10:00") == ["Blue", "Green"]
    asked = {"date": on(), "start": "09:00", "end": "10:00"}
    offered = [browser.get(SPACES, asked).text.count("/bookings/new/") for browser in (bobs_page, strangers_page)]
    assert offered == [1, 0]


def test_until_midnight(blue, bobs_page):
    assert free(bobs_page, "23:00", "00:00") == ["Blue"]
    answer = bobs_page.get(reverse("spaces", args=("acme",)), {"date": on(), "start": "23:00", "end": "00:00"})
    assert f"starts={on()}T23%3A00&amp;ends={on(1)}T00%3A00" in answer.content.decode()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"start": "09:00"}, "Give the date, from and to."),
        ({"date": "2035-01-01", "start": "10:00", "end": "09:00"}, "Choose an end after the start"),
        ({"date": "yesterday", "start": "09:00", "end": "10:00"}, "Enter a valid date"),
        ({"people": "many"}, "Enter a whole number"),
    ],
)
def test_what_makes_no_sense_is_said_and_not_asked_for(blue, bobs_page, asked, said):
    answer = bobs_page.get(reverse("spaces", args=("acme",)), asked)
    assert said in answer.content.decode()
    assert [one.space.name for one in answer.context["present"]] == ["Blue"]


def test_what_goes_on_now_and_what_is_next(acme, blue, green, bob, bobs_page):
    booked(blue, bob, soon(minutes=-30), soon(minutes=30), "Standup")
    booked(blue, bob, soon(hours=2), soon(hours=3), "Review")
    booked(green, bob, soon(hours=2), soon(hours=3), "Secret", is_private=True)
    closed = new_space(acme, "Ruin")
    open_at(closed, (soon().weekday() + 3) % 7)

    present = bobs_page.get(reverse("spaces", args=("acme",))).context["present"]

    assert [(one.space.name, one.state, one.until) for one in present] == [
        ("Blue", "busy", soon(minutes=30)),
        ("Green", "free", soon(hours=2)),
        ("Ruin", "closed", None),
    ]
    assert [one.next.title if one.next else None for one in present] == ["Review", "Secret", None]


def test_who_asks_for_a_time_is_not_told_of_now(blue, bob, bobs_page):
    booked(blue, bob, soon(minutes=-30), soon(minutes=30))
    booked(blue, bob, soon(hours=2), soon(hours=3), "Review")
    now, then = bobs_page.get(SPACES), bobs_page.get(SPACES, {"date": on(), "start": "09:00", "end": "10:00"})
    for told in ("Busy until", "Next:", "Review"):
        assert told in now.text and told not in then.text
    assert "1 space is free then" in then.text


def test_a_viewer_looks_and_books_nothing(acme, blue, charlie, strangers_page, bobs_page):
    join(acme, charlie, MembershipRole.VIEWER)
    path = reverse("spaces", args=("acme",))
    assert "/bookings/new/" in bobs_page.get(path).content.decode()
    seen = strangers_page.get(path).content.decode()
    assert "Blue" in seen
    assert "/bookings/new/" not in seen


def test_spaces_of_others_are_not_found(acme, blue, charlie, bobs_page):
    new_space(organization_of(charlie, slug="other"), "Elsewhere")
    assert listed(bobs_page) == ["Blue"]
    assert browser_of(charlie).get(reverse("space", args=("other", blue.pk))).status_code == 404


def test_many_are_on_several_pages(acme, bobs_page):
    for number in range(21):
        new_space(acme, f"Space {number:02}")
    assert len(listed(bobs_page)) == 20
    assert listed(bobs_page, page=2) == ["Space 20"]
    assert listed(bobs_page, page=2, date=on(), start="09:00", end="10:00") == ["Space 20"]
