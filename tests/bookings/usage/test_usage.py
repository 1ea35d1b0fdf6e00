"""How much spaces are used, counted by their own clocks."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from bookings.models import Slot
from bookings.usage.reports import Report
from tests.bookings.calendars.bookings import booking_of
from tests.bookings.places import join, new_space, organization_of
from tests.conftest import browser_of

MONDAY = date(2027, 5, 3)
URL = "/organizations/acme/usage/"
RANGE = "?since=2027-05-03&until=2027-05-16"


def local(space, day: int, hour: int, minute: int = 0):
    """In May 2027, by the clock of the space."""
    return datetime(2027, 5, day, hour, minute, tzinfo=space.zone).astimezone(UTC)


def report(*spaces, since: date = MONDAY, until: date = MONDAY + timedelta(days=13)) -> Report:
    return Report.of(spaces, since, until)


def test_hours_are_counted_by_what_became_of_them(blue, bob):
    booking_of(blue, bob, local(blue, 3, 9), timedelta(hours=2), state="COMPLETED", checked_in_at=local(blue, 3, 9))
    booking_of(blue, bob, local(blue, 4, 9), state="RELEASED", people=5)
    booking_of(blue, bob, local(blue, 5, 9), timedelta(hours=3), state="CANCELLED")
    booking_of(blue, bob, local(blue, 6, 9), timedelta(minutes=30))
    for state, day in (("PENDING", 7), ("DECLINED", 8)):
        booking_of(blue, bob, local(blue, day, 9), state=state)
    total = report(blue).total
    assert (total.bookings, total.booked, total.used, total.released) == (3, 3.5, 2, 1)
    assert total.cancelled == 3 and total.people_on_average == pytest.approx(7 / 3)


@pytest.mark.parametrize(
    "zone", ["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"]
)
def test_days_and_hours_are_those_of_the_space(acme, bob, zone):
    space = new_space(acme, "There", time_zone=zone)
    booking_of(space, bob, local(space, 2, 23, 30), timedelta(hours=2))  # half an hour of it on the Sunday before
    booking_of(space, bob, local(space, 16, 22), timedelta(hours=4))  # two of them on the Monday after
    found = report(space)
    assert found.total.booked == 3.5
    assert [found.heat[0][0], found.heat[0][1], found.heat[6][22], found.heat[6][23]] == [1, 0.5, 1, 1]
    assert sum(map(sum, found.heat)) == 3.5
    assert {week: tally.booked for week, tally in found.weeks.items()} == {
        MONDAY: 1.5,
        MONDAY + timedelta(days=7): 2,
    }


def test_an_hour_gets_the_part_of_it_that_was_booked(blue, bob):
    booking_of(blue, bob, local(blue, 3, 9, 45), timedelta(minutes=30))
    assert report(blue).heat[0][9:11] == [0.25, 0.25]


def test_shares_are_of_all_the_hours_there_were(blue, green, bob):
    booking_of(blue, bob, local(blue, 3, 9))
    found = report(blue, green)
    assert found.days_with(0) == 2 and found.share(0, 9) == 0.25 and found.share(0, 10) == 0


def test_seats_are_those_of_all_spaces_of_a_booking(acme, blue, green, bob):
    both = booking_of(blue, bob, local(blue, 3, 9), people=8)
    Slot.objects.create(booking=both, space=green, blocked_from=both.starts_at, blocked_until=both.ends_at)
    booking_of(blue, bob, local(blue, 4, 9), people=2)
    booking_of(blue, bob, local(blue, 5, 9), people=8)
    assert report(blue, green).fullness == {0: 1, 1: 1, 3: 1}
    assert report(blue, green).by_space[green.pk].booked == 1


def test_the_page_shows_figures_and_charts_with_their_numbers(blue, green, bob):
    booking_of(blue, bob, local(blue, 3, 9), timedelta(hours=2))
    page = browser_of(bob).get(URL + RANGE)
    assert page.context["report"].total.booked == 2 and page.text.count('<svg class="chart"') == 3
    assert "Mon 09:00: 50%" not in page.text and "Mon 09:00: 25%" in page.text
    assert f"/organizations/acme/spaces/{blue.pk}/usage/?since=2027-05-03" in page.text and "Green" in page.text
    own = browser_of(bob).get(f"/organizations/acme/spaces/{blue.pk}/usage/{RANGE}")
    assert "Usage of Blue" in own.text and "Mon 09:00: 50%" in own.text


def test_a_table_for_spreadsheets(blue, green, bob):
    blue.name = "=Blue"
    blue.save()
    booking_of(blue, bob, local(blue, 3, 9), people=4)
    booking_of(green, bob, local(green, 10, 9), timedelta(hours=2), state="CANCELLED")
    answer = browser_of(bob).get(f"{URL}{RANGE}&format=csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="acme-2027-05-03-2027-05-16.csv"'
    rows = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert rows[0][:4] == ["space", "capacity", "week", "bookings"]
    assert rows[1:] == [
        ["'=Blue", "8", "2027-05-03", "1", "1.00", "0.00", "0.00", "0.00", "4.0"],
        ["Green", "8", "2027-05-10", "0", "0.00", "0.00", "0.00", "2.00", "0.0"],
    ]


@pytest.mark.parametrize(
    "asked",
    [
        "since=x",
        "since=2027-05-03&until=2027-05-02",
        "since=2020-01-01&until=2027-01-01",
        "since=0001-01-01&until=0001-01-02",
        "since=9999-12-01&until=9999-12-31",
    ],
)
def test_days_that_make_no_sense_are_said_and_not_counted(blue, bob, asked):
    page = browser_of(bob).get(f"{URL}?{asked}")
    assert page.status_code == 200 and "errorlist" in page.text
    assert page.context["report"].until == timezone.localdate()


def test_members_see_it_and_strangers_find_nothing(blue, bob, charlie, oscar, acme):
    join(acme, oscar, "VIEWER")
    other = new_space(organization_of(charlie, slug="other"), "Other")
    for path in (URL, f"/organizations/acme/spaces/{blue.pk}/usage/"):
        assert browser_of(bob).get(path).status_code == browser_of(oscar).get(path).status_code == 200
        assert browser_of(charlie).get(path).status_code == 404
    assert browser_of(bob).get(f"/organizations/acme/spaces/{other.pk}/usage/").status_code == 404


@pytest.mark.parametrize("number", [1, 12])
def test_the_number_of_queries_does_not_grow(acme, bob, number, django_assert_max_num_queries):
    for one in range(number):
        space = new_space(acme, f"Space {one}")
        for day in range(3, 3 + number):
            booking_of(space, bob, local(space, day, 9))
    browser = browser_of(bob)
    with django_assert_max_num_queries(5):
        assert browser.get(URL + RANGE).context["report"].total.bookings == number**2
