from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bookings.models import Attendee
from bookings.spaces.grid import DayGrid
from bookings.spaces.tracks import Frame, stretches
from bookings.states import BookingState
from organizations.models import Membership, MembershipRole
from tests.bookings.places import join, new_space, open_at, soon
from tests.bookings.spaces.places import MONDAY, at, booked, on
from tests.conftest import browser_of


def shown(browser, **asked):
    answer = browser.get(reverse("space-grid", args=("acme",)), {"date": on()} | asked)
    assert answer.status_code == 200
    return answer


def track(browser, **asked):
    """Of the first space."""
    return [(one.kind, one.begin, one.end) for one in shown(browser, **asked).context["day"].rows[0].track]


def words(browser, **asked):
    rows = shown(browser, **asked).context["day"].rows
    return [(one.entry.words, one.entry.look) for row in rows for one in row.track if one.entry]


def test_a_day_is_cut_into_what_is_free_booked_kept_clear_and_closed(acme, bob, bobs_page):
    blue = new_space(acme, "Blue", buffer_before=10, buffer_after=20)
    open_at(blue, 0, opens=8 * 60, closes=18 * 60)
    booked(blue, bob, at(9), at(10.5))
    assert track(bobs_page) == [
        ("closed", 420, 480),
        ("free", 480, 530),
        ("buffer", 530, 540),
        ("booked", 540, 630),
        ("buffer", 630, 650),
        ("free", 650, 1080),
        ("closed", 1080, 1200),
    ]
    [row] = shown(bobs_page).context["day"].rows
    free = [(one.begin, one.end) for one in row.cells if one.kind == "free"]
    assert free[:4] == [(480, 510), (510, 530), (650, 660), (660, 690)]
    assert sum(one.columns for one in row.cells) == shown(bobs_page).context["day"].columns


def test_a_day_without_opening_hours_beside_others_is_closed(blue, bobs_page):
    open_at(blue, 1)
    assert track(bobs_page) == [("closed", 420, 1200)]


def test_the_hours_grow_with_what_is_open_or_booked(blue, bob, bobs_page):
    assert track(bobs_page) == [("free", 420, 1200)]
    booked(blue, bob, at(5.5), at(6))
    booked(blue, bob, at(22), at(26))
    assert track(bobs_page) == [
        ("free", 300, 330),
        ("booked", 330, 360),
        ("free", 360, 1320),
        ("booked", 1320, 1440),
    ]
    assert track(bobs_page, date=on(1))[0] == ("booked", 0, 120)
    assert track(bobs_page, date=on(3), hours="all") == [("free", 0, 1440)]


def test_bookings_of_a_minute_each_still_have_a_column(blue, bob, bobs_page):
    for minute in range(3):
        booked(blue, bob, at(9) + timedelta(minutes=minute), at(9) + timedelta(minutes=minute + 1))
    kinds = track(bobs_page)
    assert [one for one in kinds if one[0] == "booked"] == [
        ("booked", 540, 545),
        ("booked", 545, 550),
        ("booked", 550, 555),
    ]


def test_what_is_over_is_no_longer_free():
    frame = Frame(ZoneInfo("Asia/Kathmandu"), MONDAY.date(), opens=480, now=at(7))  # 12:45 there
    assert [(one.kind, one.begin, one.end) for one in stretches(frame, [], 420, 1200)] == [
        ("closed", 420, 480),
        ("over", 480, 750),
        ("free", 750, 1200),
    ]


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Europe/Paris", date(2035, 3, 25)),
        ("America/New_York", date(2035, 11, 4)),
        ("Australia/Lord_Howe", date(2035, 4, 1)),
        ("Asia/Kathmandu", date(2035, 6, 4)),
        ("Pacific/Apia", date(2035, 6, 4)),
    ],
)
def test_times_are_those_of_the_spaces_clock_also_when_clocks_change(acme, bob, zone, day):
    there = new_space(acme, "There", time_zone=zone)
    begin = datetime(day.year, day.month, day.day, 9, tzinfo=ZoneInfo(zone))
    booked(there, bob, begin, begin + timedelta(hours=1))
    reader = Membership.objects.select_related("organization").get(user=bob)
    [row] = DayGrid([(there, day)], reader, whole=True).rows
    [entry] = [one for one in row.track if one.entry]
    assert (entry.begin, entry.end, entry.when) == (540, 600, "09:00–10:00")
    for other in (day - timedelta(days=1), day + timedelta(days=1)):
        [row] = DayGrid([(there, other)], reader, whole=True).rows
        assert all(one.entry is None for one in row.track)


def test_the_readers_own_clock_stands_beside_where_it_is_another(acme, bob, bobs_page):
    new_space(acme, "There", time_zone="Asia/Kathmandu")
    assert shown(bobs_page).context["day"].hours[0] == ("07:00", "01:15")
    new_space(acme, "Here")
    page = shown(bobs_page)
    assert page.context["day"].hours[0] == ("07:00", "")
    assert "Asia/Kathmandu" in page.content.decode()


def test_who_reads_what(acme, blue, alice, bob, charlie, bobs_page, host_page):
    join(acme, charlie)
    booked(blue, charlie, at(9), at(10), "Open day")
    booked(blue, charlie, at(10), at(11), "Job talk", is_private=True)
    booked(blue, charlie, at(11), at(12), "", state=BookingState.HELD, held_until=soon(minutes=5))
    booked(blue, charlie, at(13), at(14), "Trial", state=BookingState.PENDING)

    assert words(bobs_page) == [("Open day", "confirmed"), ("Busy", "busy"), ("Busy", "busy"), ("Trial", "pending")]
    text = shown(bobs_page).content.decode() + shown(bobs_page, view="week").content.decode()
    assert "Job talk" not in text
    assert "Waiting for approval" in text

    assert [one for one, _ in words(host_page)] == ["Open day", "Job talk", "Busy", "Trial"]
    own = [("Open day", "confirmed own"), ("Job talk", "confirmed own"), ("Held", "held own"), ("Trial", "pending own")]
    assert words(browser_of(charlie)) == own


def test_who_is_invited_reads_what_is_private_once_the_address_is_theirs(acme, blue, bob, charlie, bobs_page):
    join(acme, charlie)
    talk = booked(blue, charlie, at(10), at(11), "Job talk", is_private=True)
    Attendee.objects.create(booking=talk, email=bob.email)
    claimed = EmailAddress.objects.create(user=bob, email=bob.email, verified=False)
    assert words(bobs_page) == [("Busy", "busy")]

    claimed.verified = True
    claimed.save()
    assert words(bobs_page) == [("Job talk", "confirmed")]


def test_what_was_called_off_is_not_drawn(blue, bob, bobs_page):
    for state in (BookingState.CANCELLED, BookingState.DECLINED, BookingState.RELEASED):
        booked(blue, bob, at(9), at(10), state=state)
    booked(blue, bob, at(9), at(10), "", state=BookingState.HELD, held_until=soon(minutes=-1))
    assert words(bobs_page) == []


def test_a_week_lists_days_from_monday_on(acme, blue, bob, bobs_page):
    open_at(blue, 0, 1, 2, 3, 4)
    booked(blue, bob, at(9, 2), at(10, 2))
    booked(blue, bob, at(23, 3), at(25, 3), "Night shift")
    week = shown(bobs_page, view="week", date=on(2)).context["week"]
    assert week.days == [(MONDAY + timedelta(days=one)).date() for one in range(7)]
    [(space, cells)] = week.rows
    assert [[entry.title for entry, _ in one.entries] for one in cells] == [
        [],
        [],
        ["Standup"],
        ["Night shift"],
        ["Night shift"],
        [],
        [],
    ]
    assert [one.is_closed for one in cells] == [False] * 5 + [True] * 2
    assert [one.may_book for one in cells] == [True] * 5 + [False] * 2


def test_nobody_is_offered_a_day_that_is_over(blue, bobs_page):
    [(_space, cells)] = shown(bobs_page, view="week", date="2020-01-06").context["week"].rows
    assert not any(one.may_book for one in cells)


@pytest.mark.parametrize("asked", ["", "tomorrow", "2035-02-30", "0001-01-01", "9999-12-31"])
def test_a_date_that_is_none_is_today(blue, bobs_page, asked):
    assert shown(bobs_page, date=asked).context["period"].day == timezone.now().date()


def test_a_page_of_one_space_shows_its_days(blue, green, bob, bobs_page):
    booked(blue, bob, at(9, 1), at(10, 1))
    booked(green, bob, at(9, 2), at(10, 2))
    path = reverse("space", args=("acme", blue.pk))
    rows = bobs_page.get(path, {"date": on()}).context["day"].rows
    assert [row.day for row in rows] == [(MONDAY + timedelta(days=one)).date() for one in range(7)]
    assert [sum(one.kind == "booked" for one in row.track) for row in rows] == [0, 1, 0, 0, 0, 0, 0]
    assert len(bobs_page.get(path, {"date": on(), "view": "day"}).context["day"].rows) == 1


def test_a_viewer_has_nothing_to_press(acme, blue, charlie, strangers_page, bobs_page):
    join(acme, charlie, MembershipRole.VIEWER)
    assert "data-book" in shown(bobs_page).content.decode()
    for view in ("day", "week"):
        seen = shown(strangers_page, view=view).content.decode()
        assert "Blue" in seen
        assert "data-book" not in seen
        assert "/bookings/new/?" not in seen


def test_the_part_that_is_asked_for_again_is_sent_only_where_it_changed(blue, bob, bobs_page, client):
    path = reverse("space-grid-part", args=("acme",)) + f"?date={on()}"
    first = bobs_page.get(path)
    assert "<html" not in first.content.decode()
    assert "no-store" not in first["Cache-Control"]
    seen = {"HTTP_IF_NONE_MATCH": first["ETag"]}
    assert bobs_page.get(path, **seen).status_code == 304
    booked(blue, bob, at(9), at(10))
    assert "Standup" in bobs_page.get(path, **seen).content.decode()
    assert client.get(path).status_code == 302


def test_many_spaces_are_on_several_pages(acme, bobs_page):
    for number in range(51):
        new_space(acme, f"Space {number:02}")
    for view, row in (("day", "<tr data-space"), ("week", '<tr role="row" data-space')):
        assert shown(bobs_page, view=view).content.decode().count(row) == 50
        assert "Space 50" in shown(bobs_page, view=view, page=2).content.decode()


@pytest.mark.parametrize("view", ["day", "week"])
def test_queries_do_not_grow_with_spaces_and_bookings(acme, alice, bob, bobs_page, view):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as counted:
            shown(bobs_page, view=view)
        return len(counted)

    def fill(number):
        one = new_space(acme, f"Space {number}", building=f"Building {number}")
        open_at(one, 0, 1)
        for hour in range(9, 12):
            booked(one, alice if hour % 2 else bob, at(hour), at(hour + 1))

    fill(0)
    queries()
    few = queries()
    for number in range(1, 6):
        fill(number)
    assert queries() == few
