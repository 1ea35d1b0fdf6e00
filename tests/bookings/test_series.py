"""A series is a row for each date: all of them, or without those that cannot be."""

from datetime import UTC, timedelta
from functools import partial
from time import monotonic
from zoneinfo import ZoneInfo

import pytest

from audit.models import AuditEntry
from bookings.access import first_of
from bookings.conflicts import Conflict
from bookings.models import Booking, Series, Slot
from bookings.services.series import preview_series
from bookings.signals import booking_made, series_made
from bookings.spaces.models import Space
from organizations.models import Organization
from rooms.schedules.times import rule
from tests.bookings.places import booked, cancelled, equip, heard, held, open_at, refusal, series_of, tomorrow, wish

pytestmark = pytest.mark.django_db
WEEK = timedelta(weeks=1)


def weekly(count: int) -> str:
    return f"FREQ=WEEKLY;COUNT={count}"


def test_a_row_for_each_date(bob, blue, green):
    needs = tuple(equip(blue, "Projector"))
    with heard(booking_made) as each, heard(series_made) as whole:
        series = series_of(bob, blue, green, rrule=weekly(4), needs=needs, attendees=("gina@example.org",), people=3)
    rows = list(series.bookings.order_by("starts_at"))
    assert [one.starts_at for one in rows] == [tomorrow() + number * WEEK for number in range(4)]
    assert all(one.original_starts_at == one.starts_at and one.state == "CONFIRMED" for one in rows)
    assert all(list(one.needs.all()) == list(needs) and one.attendees.count() == 1 for one in rows)
    assert Slot.objects.count() == 8 and series.excluded == []
    assert len(each) == 4 and all(one["in_series"] for one in each)
    assert len(whole) == 1 and len(whole[0]["bookings"]) == 4
    assert AuditEntry.objects.get(action="series.created").changes["bookings"] == 4
    assert not AuditEntry.objects.filter(action="booking.created").exists()


def test_every_other_week_on_two_days(bob, blue):
    monday = tomorrow(days=8 - tomorrow().weekday())
    text = rule("WEEKLY", monday, ZoneInfo("UTC"), until=None, count=4, interval=2, weekdays=[2, 0])
    assert text == "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;COUNT=4"
    days = [one.starts_at for one in series_of(bob, blue, starts=monday, rrule=text).bookings.order_by("starts_at")]
    assert days == [monday + timedelta(days=offset) for offset in (0, 2, 14, 16)]


def test_it_begins_on_the_first_day_that_the_rule_has(bob, blue):
    monday = tomorrow(days=8 - tomorrow().weekday())
    series = series_of(bob, blue, starts=monday, rrule="FREQ=WEEKLY;BYDAY=TH;COUNT=2")
    assert series.starts_at == monday + timedelta(days=3) == series.bookings.earliest("starts_at").starts_at


def test_three_dates_of_52_are_taken(alice, bob, blue):
    Organization.objects.update(bookings_per_person=0)
    taken = [booked(alice, blue, starts=tomorrow() + number * WEEK) for number in (3, 20, 41)]
    Space.objects.update(horizon_days=400)
    with pytest.raises(Conflict) as refused:
        series_of(bob, blue, rrule=weekly(52))
    assert [one.starts_at for one in refused.value.taken] == [one.starts_at for one in taken]
    assert not Series.objects.exists() and Booking.objects.count() == 3
    series = series_of(bob, blue, rrule=weekly(52), skip=True)
    assert series.bookings.count() == 49
    assert series.excluded == [one.starts_at.isoformat() for one in taken]


def test_a_preview_says_what_is_wrong_with_each_date_and_writes_nothing(alice, bob, blue):
    monday = tomorrow(days=8 - tomorrow().weekday())
    open_at(blue, *range(5))
    booked(alice, blue, starts=monday + timedelta(days=1), is_private=True)
    Space.objects.update(horizon_days=(monday - tomorrow()).days + 8)
    dates = preview_series(organizer=bob, wish=wish(blue, starts=monday), rrule="FREQ=DAILY;COUNT=10")
    codes = [one.problem.code.removeprefix("booking.") if one.problem else "" for one in dates]
    assert codes == ["", "conflict", "", "", "", "closed", "closed", "", "too-far", "too-far"]
    [taken] = dates[1].problem.taken
    assert (taken.title, taken.starts_at) == ("", dates[1].starts_at)
    assert Booking.objects.count() == 1


def test_without_a_single_date_that_can_be_nothing_is_booked(alice, bob, blue):
    for number in range(2):
        booked(alice, blue, starts=tomorrow() + number * WEEK)
    assert refusal(series_of, bob, blue, rrule=weekly(2), skip=True) == "booking.conflict"
    assert not Series.objects.exists()


def test_what_is_wrong_with_all_of_them_is_said(bob, charlie, blue):
    assert refusal(series_of, charlie, blue, rrule=weekly(2)) == "booking.not-allowed"
    assert refusal(series_of, bob, blue, rrule=weekly(2), people=9) == "booking.too-many-people"
    assert refusal(series_of, bob, blue, rrule=weekly(2), minutes=9 * 60, skip=True) == "booking.too-long"
    Organization.objects.update(bookings_per_person=3)
    assert refusal(series_of, bob, blue, rrule=weekly(4)) == "booking.quota"
    series_of(bob, blue, rrule=weekly(3))


def test_the_same_request_makes_one_series_and_takes_its_hold(bob, blue):
    hold = held(bob, blue)
    first = series_of(bob, blue, rrule=weekly(2), key="one", hold=hold.pk)
    assert series_of(bob, blue, rrule=weekly(2), key="one") == first
    assert Booking.objects.count() == 2


def test_a_key_that_comes_with_another_series_is_refused(bob, blue, green):
    first = series_of(bob, blue, rrule=weekly(2), key="one")
    again = partial(series_of, bob, key="one")
    assert refusal(again, blue, rrule=weekly(3)) == "booking.key-used"
    assert refusal(again, blue, rrule=weekly(2), starts=tomorrow(12)) == "booking.key-used"
    assert refusal(again, blue, rrule=weekly(2), minutes=30) == "booking.key-used"
    assert refusal(again, blue, rrule=weekly(2), title="Retro") == "booking.key-used"
    assert refusal(again, green, rrule=weekly(2)) == "booking.key-used"
    assert list(Series.objects.all()) == [first] and Booking.objects.count() == 2


def test_a_key_whose_series_is_no_more_as_it_was_asked_for_is_refused(bob, blue):
    cancelled(first_of(series_of(bob, blue, rrule=weekly(2), key="one")))
    assert refusal(series_of, bob, blue, rrule=weekly(2), key="one") == "booking.key-used"


def test_each_waits_for_approval_where_that_is_needed(bob, blue):
    Space.objects.update(needs_approval=True)
    assert {one.state for one in series_of(bob, blue, rrule=weekly(3)).bookings.all()} == {"PENDING"}


@pytest.mark.parametrize(
    "rrule",
    [
        "",
        "WEEKLY",
        "FREQ=WEEKLY",
        "FREQ=DAILY;COUNT=999999999",
        "FREQ=DAILY;COUNT=367",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=-1",
        "FREQ=DAILY;INTERVAL=0;COUNT=2",
        "FREQ=DAILY;INTERVAL=100;COUNT=2",
        "FREQ=MINUTELY;COUNT=100000000",
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30;COUNT=1",
        "FREQ=YEARLY;COUNT=2",
        "FREQ=MONTHLY;BYSETPOS=-1;BYDAY=MO;COUNT=2",
        "FREQ=MONTHLY;BYMONTHDAY=99;COUNT=2",
        "FREQ=MONTHLY;INTERVAL=99;COUNT=366",
        "FREQ=WEEKLY;COUNT=2;UNTIL=20990101T000000Z",
        "FREQ=WEEKLY;UNTIL=20990101T000000Z",
        "FREQ=WEEKLY;UNTIL=20200101T000000Z",
        "FREQ=WEEKLY;UNTIL=tomorrow",
        "FREQ=WEEKLY;BYDAY=XX;COUNT=2",
        "FREQ=WEEKLY;BYHOUR=1,2,3;COUNT=2",
        "FREQ=WEEKLY;FREQ=DAILY;COUNT=2",
        "FREQ=WEEKLY;COUNT=200",
        "FREQ=DAILY;COUNT=2\nRDATE:20200101T000000Z",
        "FREQ=DAILY;COUNT=" + "9" * 5000,
    ],
)
def test_rules_without_end_or_sense_are_refused_at_once(bob, blue, rrule):
    began = monotonic()
    assert refusal(series_of, bob, blue, rrule=rrule) == "booking.rule-refused"
    assert monotonic() - began < 5  # seconds; unchecked, some of them never end


def test_dates_that_run_into_each_other_are_refused(bob, blue):
    Space.objects.update(longest=1440, buffer_after=1)
    assert refusal(series_of, bob, blue, rrule="FREQ=DAILY;COUNT=2", minutes=1440) == "booking.rule-refused"
    Space.objects.update(buffer_after=0)
    series_of(bob, blue, rrule="FREQ=DAILY;COUNT=2", minutes=1440)


def test_a_month_that_is_too_short_has_no_date(bob, blue):
    Space.objects.update(horizon_days=730)
    january = (tomorrow() + timedelta(days=366)).replace(month=1, day=31)
    if january <= tomorrow():
        january = january.replace(year=january.year + 1)
    series = series_of(bob, blue, starts=january, rrule="FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3")
    assert [one.starts_at.astimezone(UTC).month for one in series.bookings.order_by("starts_at")] == [1, 3, 5]
