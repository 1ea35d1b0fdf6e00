"""What calendars read of bookings: at the right instants, under one UID, with nothing slipped in."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from bookings.calendars import files
from bookings.calendars.events import readable
from bookings.models import Booking
from rooms.models import Meeting
from rooms.schedules.calendar import printable
from rooms.schedules.times import spans
from tests.bookings.calendars.bookings import HOUR, YEAR, at, booking_of, series_of
from tests.bookings.calendars.reading import event, events, expanded, expanded_by_another
from tests.bookings.places import new_space

BOB = "bob@example.org"
# A zone, and a day within the week in which its clocks change; Kathmandu and Apia have none.
ZONES = {
    "Europe/Paris": (3, 22),
    "America/New_York": (11, 1),
    "Australia/Lord_Howe": (10, 1),
    "Asia/Kathmandu": (3, 22),
    "Pacific/Apia": (4, 1),
}


@pytest.fixture
def space(acme):
    return new_space(acme, "Blue room", building="Annexe", floor="2nd floor", time_zone="Europe/Paris")


def of(series):
    return list(readable(series.bookings.all()))


def taking_place(series):
    return {(one.starts_at, one.ends_at) for one in series.bookings.filter(state="CONFIRMED")}


def test_a_single_booking_is_in_utc(space, alice):
    booking = booking_of(space, alice, at(5, 4, zone="Europe/Paris"), sequence=3, reminder=60, description="Bring cake")
    text = files.invitation(booking).addressed_to(BOB)
    found = event(text)
    assert Calendar.from_ical(text)["METHOD"] == "REQUEST" and "VTIMEZONE" not in text
    assert f"DTSTART:{YEAR}0504T070000Z" in text and expanded(text) == expanded_by_another(text)
    assert (found["UID"], found["SEQUENCE"], found["STATUS"]) == (f"{booking.uid}@meet", 3, "CONFIRMED")
    assert found["ATTENDEE"] == f"mailto:{BOB}" and found["ATTENDEE"].params["PARTSTAT"] == "NEEDS-ACTION"
    assert found["ORGANIZER"] == "mailto:meet@localhost" and found["ORGANIZER"].params["CN"] == "Alice"
    assert found["LOCATION"] == "Blue room, Annexe, 2nd floor" and "Bring cake" in found["DESCRIPTION"]
    [alarm] = found.walk("VALARM")
    assert alarm.decoded("trigger") == timedelta(hours=-1)


@pytest.mark.parametrize(
    ("fields", "name", "value"),
    [
        ({"state": "PENDING"}, "STATUS", "TENTATIVE"),
        ({"is_private": True}, "CLASS", "PRIVATE"),
        ({}, "CLASS", "PUBLIC"),
    ],
)
def test_what_its_state_and_privacy_say(space, alice, fields, name, value):
    assert event(files.invitation(booking_of(space, alice, at(5, 4), **fields)).addressed_to(BOB))[name] == value


def test_a_meeting_is_where_it_can_be_joined(space, alice, room):
    booking = booking_of(space, alice, at(5, 4), meeting=Meeting.objects.create(room=room, state="SCHEDULED"))
    found = event(files.invitation(booking).addressed_to(BOB))
    assert (
        found["URL"].endswith(room.join_path) and found["LOCATION"] == f"Blue room, Annexe, 2nd floor, {found['URL']}"
    )
    booking.meeting = Meeting.objects.create(external_url="https://meet.example.org/x", state="SCHEDULED")
    assert event(files.invitation(booking).addressed_to(BOB))["URL"] == "https://meet.example.org/x"
    booking.meeting.external_url = "https://meet.example.org/x\r\nATTENDEE:mailto:eve@example.org"
    assert "\r\nATTENDEE:mailto:eve" not in files.invitation(booking).addressed_to(BOB)


@pytest.mark.parametrize("zone", ZONES)
def test_a_series_keeps_its_time_of_day_in_every_zone(acme, alice, zone):
    month, day = ZONES[zone]
    space = new_space(acme, zone, time_zone=zone)
    series = series_of(space, alice, datetime(YEAR, month, day, 9), "FREQ=WEEKLY;COUNT=30")
    text = files.series_invitation(series, of(series)).addressed_to(BOB)
    assert expanded(text) == expanded_by_another(text) == taking_place(series)
    walls = {start.astimezone(ZoneInfo(zone)).time() for start, _end in expanded(text)}
    assert len(walls) == 1 and f"DTSTART;TZID={zone}" in text
    assert len(events(text)) == 1


@pytest.mark.parametrize("zone", ZONES)
def test_what_differs_from_the_rule_stands_beside_it(acme, alice, zone):
    month, day = ZONES[zone]
    space = new_space(acme, zone, time_zone=zone)
    series = series_of(space, alice, datetime(YEAR, month, day, 9), "FREQ=DAILY;COUNT=20")
    first, second, third, *_rest, last = series.bookings.all()
    Booking.objects.filter(pk=first.pk).update(state="CANCELLED")
    Booking.objects.filter(pk=second.pk).update(starts_at=second.starts_at + HOUR, ends_at=second.ends_at + 2 * HOUR)
    Booking.objects.filter(pk=third.pk).update(title="Retro", sequence=1)
    last.delete()  # a date at which something else was in the way
    text = files.series_invitation(series, of(series)).addressed_to(BOB)
    assert expanded(text) == expanded_by_another(text) == taking_place(series)
    rule, moved, renamed = events(text)
    assert len(rule["EXDATE"].dts) == 2 and moved.decoded("recurrence-id") == second.original_starts_at
    assert (renamed["SUMMARY"], renamed["SEQUENCE"]) == ("Retro", 1)
    assert {one["UID"] for one in events(text)} == {f"{series.uid}@meet"}


def test_who_comes_to_some_dates_gets_those(space, alice):
    series = series_of(space, alice, datetime(YEAR, 5, 4, 9), "FREQ=DAILY;COUNT=5")
    mine = of(series)[1:3]
    text = files.series_invitation(series, mine).addressed_to(BOB)
    assert expanded(text) == expanded_by_another(text) == {(one.starts_at, one.ends_at) for one in mine}


def test_a_date_that_the_clocks_skip_is_known_by_the_time_the_rule_gives(space, alice):
    sunday = max(day for day in range(25, 32) if datetime(YEAR, 3, day).weekday() == 6)
    series = series_of(space, alice, datetime(YEAR, 3, sunday - 1, 2, 30), "FREQ=DAILY;COUNT=3")
    skipped = series.bookings.all()[1]
    assert skipped.starts_at == at(3, sunday, 1, 30)
    Booking.objects.filter(pk=skipped.pk).update(starts_at=skipped.starts_at + HOUR, ends_at=skipped.ends_at + HOUR)
    text = files.series_invitation(series, of(series)).addressed_to(BOB)
    assert f"RECURRENCE-ID;TZID=Europe/Paris:{YEAR}03{sunday}T023000" in text
    assert len(expanded(text)) == 3


def test_one_date_is_called_off_by_its_name_in_the_rule(space, alice):
    series = series_of(space, alice, datetime(YEAR, 5, 4, 9), "FREQ=DAILY;COUNT=3", sequence=1)
    second = of(series)[1]
    text = files.cancellation(second).addressed_to(BOB)
    found = event(text)
    assert Calendar.from_ical(text)["METHOD"] == "CANCEL" and found["STATUS"] == "CANCELLED"
    assert found["UID"] == f"{series.uid}@meet" and found["SEQUENCE"] > series.sequence
    assert found["RECURRENCE-ID"].params["TZID"] == "Europe/Paris"
    assert found.decoded("recurrence-id") == second.starts_at


def test_a_series_that_is_off_names_no_date(space, alice):
    series = series_of(space, alice, datetime(YEAR, 5, 4, 9), "FREQ=DAILY;COUNT=3")
    found = event(files.series_cancellation(series, of(series)[0]).addressed_to(BOB))
    assert "RECURRENCE-ID" not in found and found["STATUS"] == "CANCELLED" and "RRULE" in found


def test_zones_are_described_for_as_long_as_the_series_goes_on(space, alice):
    series = series_of(space, alice, datetime(YEAR, 5, 4, 9), "FREQ=WEEKLY;COUNT=104")
    text = files.series_invitation(series, of(series)).addressed_to(BOB)
    assert expanded(text) == expanded_by_another(text) == {(one.starts_at, one.ends_at) for one in spans(series)}
    assert len(text) < 10_000


NAMES = (
    b"""BEGIN VERSION PRODID METHOD BEGIN SUMMARY DTSTART DTEND DTSTAMP UID SEQUENCE ATTENDEE CLASS DESCRIPTION
LOCATION ORGANIZER STATUS URL END END""".split()
    + [b""]
)
NASTY = [
    "Plain",
    "Review\r\nATTENDEE:mailto:eve@example.org\r\nMETHOD:CANCEL",
    "END:VEVENT\nEND:VCALENDAR\nBEGIN:VCALENDAR",
    "semi; comma, back\\slash \\n quote\" colon: ^n ^'",
    "\u2028\u2029\x85\x0b\x0c\x1c\x1d\x1e\x7f tab\tend",
    "ä" * 99,
    "🍎" * 50,
    "a" * 74 + "é" + "\r",
    "ליל שבת مرحبا नमस्ते",
    "=cmd()|'x' %s {0} \ud7ff\ufffd",
    " leading and trailing \n\n",
]


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
@pytest.mark.parametrize("field", ["title", "description", "space", "name"])
def test_nothing_that_people_type_becomes_a_line_of_its_own(acme, alice, field, text):
    alice.display_name = text if field == "name" else "Alice"
    space = new_space(acme, text if field == "space" else "Blue room")
    fields = {"description": "Bring cake", **({field: text} if field in {"title", "description"} else {})}
    written = files.invitation(booking_of(space, alice, at(5, 4), **fields)).addressed_to(BOB)
    lines = written.encode().split(b"\r\n")
    assert max(map(len, lines)) <= 75 and "".join(written.split("\r\n")).isprintable()
    assert [line.split(b":")[0].split(b";")[0] for line in lines if not line.startswith(b" ")] == NAMES
    found = event(written)
    assert found["ATTENDEE"] == f"mailto:{BOB}"
    assert field != "title" or found["SUMMARY"] == printable(text)
    assert field != "name" or found["ORGANIZER"].params["CN"] == printable(text)
    assert expanded_by_another(written) == {(at(5, 4), at(5, 4, 10))}
