"""Times are of the space's zone, whatever its clocks do: by an hour, by half an hour, by 5:45, beyond the date line."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bookings.recurrence import Pattern
from bookings.rules import is_open
from rooms.schedules.times import Span
from tests.bookings.places import new_space, open_at, series_of, tomorrow

ZONES = ("Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia")


def pattern(zone: str, year: int, month: int, day: int, hour: int, minute: int, rrule: str) -> Pattern:
    here = ZoneInfo(zone)
    starts = datetime(year, month, day, hour, minute, tzinfo=here).astimezone(UTC)
    return Pattern(starts, starts + timedelta(hours=1), rrule, here)


def utc(series: Pattern) -> list[str]:
    return [f"{span.starts_at:%m-%d %H:%M}" for span in series.dates()]


@pytest.mark.parametrize(
    ("zone", "first", "expected"),
    [
        ("Europe/Paris", (2027, 3, 15, 9, 0), ["03-15 08:00", "03-22 08:00", "03-29 07:00", "04-05 07:00"]),
        ("Europe/Paris", (2027, 10, 18, 9, 0), ["10-18 07:00", "10-25 07:00", "11-01 08:00", "11-08 08:00"]),
        ("America/New_York", (2027, 3, 1, 9, 0), ["03-01 14:00", "03-08 14:00", "03-15 13:00", "03-22 13:00"]),
        ("Australia/Lord_Howe", (2027, 3, 22, 9, 0), ["03-21 22:00", "03-28 22:00", "04-04 22:30", "04-11 22:30"]),
        ("Asia/Kathmandu", (2027, 3, 15, 9, 0), ["03-15 03:15", "03-22 03:15", "03-29 03:15", "04-05 03:15"]),
        ("Pacific/Apia", (2027, 3, 15, 9, 0), ["03-14 20:00", "03-21 20:00", "03-28 20:00", "04-04 20:00"]),
    ],
)
def test_a_series_keeps_its_time_of_day(zone, first, expected):
    series = pattern(zone, *first, "FREQ=WEEKLY;COUNT=4")
    assert utc(series) == expected
    assert {span.starts_at.astimezone(series.zone).strftime("%H:%M") for span in series.dates()} == {"09:00"}
    assert not any(series.is_shifted(span) for span in series.dates())


@pytest.mark.parametrize(
    ("zone", "first", "expected", "wall"),
    [
        ("Europe/Paris", (2027, 3, 27, 2, 30), ["03-27 01:30", "03-28 01:30", "03-29 00:30"], "03:30"),
        ("America/New_York", (2027, 3, 13, 2, 30), ["03-13 07:30", "03-14 07:30", "03-15 06:30"], "03:30"),
        ("Australia/Lord_Howe", (2027, 10, 2, 2, 15), ["10-01 15:45", "10-02 15:45", "10-03 15:15"], "02:45"),
    ],
)
def test_a_date_in_a_gap_is_shifted_forward_and_marked(zone, first, expected, wall):
    series = pattern(zone, *first, "FREQ=DAILY;COUNT=3")
    assert utc(series) == expected
    assert [series.is_shifted(span) for span in series.dates()] == [False, True, False]
    assert f"{series.dates()[1].starts_at.astimezone(series.zone):%H:%M}" == wall


def test_of_a_time_that_comes_twice_the_first_is_meant():
    assert utc(pattern("Europe/Paris", 2027, 10, 30, 2, 30, "FREQ=DAILY;COUNT=3")) == [
        "10-30 00:30",
        "10-31 00:30",
        "11-01 01:30",
    ]


def test_the_last_day_of_a_series_is_a_day_of_its_zone():
    """2027-03-31 has begun in Apia when it is still the day before in UTC."""
    assert utc(pattern("Pacific/Apia", 2027, 3, 29, 9, 0, "FREQ=DAILY;UNTIL=20270331T105959Z")) == [
        "03-28 20:00",
        "03-29 20:00",
        "03-30 20:00",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("zone", ZONES)
def test_opening_hours_are_of_its_own_clock(acme, zone):
    there = new_space(acme, zone, time_zone=zone)
    open_at(there, 0, opens=9 * 60, closes=17 * 60)
    for day in (datetime(2027, 1, 11), datetime(2027, 7, 12)):  # Mondays, with and without summer time
        begin = day.replace(hour=9, tzinfo=there.zone).astimezone(UTC)
        hours = timedelta(hours=8)
        assert is_open(there, begin, begin + hours)
        assert not is_open(there, begin - timedelta(minutes=1), begin + timedelta(hours=1))
        assert not is_open(there, begin + timedelta(hours=1), begin + hours + timedelta(minutes=1))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "day", "hours"), [("Europe/Paris", (2027, 3, 28), 23), ("Europe/Paris", (2027, 10, 31), 25)]
)
def test_a_whole_day_is_as_long_as_it_is_there(acme, zone, day, hours):
    there = new_space(acme, "Hall", time_zone=zone)
    open_at(there, 6, opens=0, closes=24 * 60)
    begin = datetime(*day, tzinfo=there.zone)
    span = Span(begin.astimezone(UTC), (begin + timedelta(days=1)).astimezone(UTC))
    assert span.ends_at - span.starts_at == timedelta(hours=hours)
    assert is_open(there, span.starts_at, span.ends_at)
    assert not is_open(there, span.starts_at, span.ends_at + timedelta(minutes=1))


@pytest.mark.django_db
@pytest.mark.parametrize("zone", ZONES)
def test_a_year_of_weeks_is_booked_at_the_same_time_of_day(bob, acme, zone):
    there = new_space(acme, zone, time_zone=zone, horizon_days=730)
    first = tomorrow(12)
    series = series_of(bob, there, starts=first, rrule="FREQ=WEEKLY;COUNT=53")
    wall = first.astimezone(there.zone).time()
    assert {one.starts_at.astimezone(there.zone).time() for one in series.bookings.all()} == {wall}
    assert series.time_zone == zone
