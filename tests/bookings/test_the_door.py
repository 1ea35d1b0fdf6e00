"""The page at the door: what it shows to everybody who passes by, and what they may do there."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from audit.models import AuditEntry
from bookings.door.board import board_of
from bookings.door.services import DEEDS, MADE
from bookings.models import Booking
from bookings.services.bookings import cancel
from bookings.services.holds import hold
from bookings.services.presence import check_in, end_now
from bookings.services.upkeep import release_absent
from bookings.spaces.models import Space
from rooms.codes import new_code
from rooms.lookups import MISSES
from tests.bookings.doors import buttons, look, press, refusal, words, zone_at_noon
from tests.bookings.places import booked, happened, new_space, open_at, organization_of, soon, tomorrow
from tests.conftest import browser_of

pytestmark = pytest.mark.django_db
ELSEWHERE = "https://video.example.org/j/42"


@pytest.fixture
def blue(acme) -> Space:
    return new_space(acme, "Blue", time_zone=zone_at_noon())


@pytest.fixture
def review(bob, blue) -> Booking:
    """Began a minute ago, for half an hour."""
    return happened(booked(bob, blue, starts=soon(), minutes=30, meeting="ROOM"), minutes=1)


def at(space, moment):
    """The board at that time."""
    return board_of(Space.objects.select_related("organization").get(pk=space.pk), moment)


def test_nobody_signs_in_to_see_when_it_is_free(blue):
    page = look(blue)
    assert page.status_code == 200
    assert "Blue" in page.text and "Acme" in page.text
    assert "Free for the rest of the day" in words(page) and "Nothing more today." in words(page)


def test_it_says_who_has_it_until_when(blue, review):
    read = words(look(blue))
    until = review.ends_at.astimezone(blue.zone)
    assert f"Busy until {until:%H:%M}" in read
    assert "Review" in read and "Bob" in read


def test_it_says_what_comes_today_and_until_when_it_is_free(bob, blue):
    later = booked(bob, blue, starts=soon(hours=2), minutes=30)
    booked(bob, blue, starts=soon(days=1), title="Tomorrow")
    read = words(look(blue))
    starts = later.starts_at.astimezone(blue.zone)
    assert f"Free until {starts:%H:%M}" in read and f"{starts:%H:%M}–" in read and "Review" in read
    assert "Tomorrow" not in read


@pytest.mark.parametrize("late", [False, True])
def test_nothing_but_the_time_of_what_is_private(bob, blue, late):
    starts = soon(hours=2 if late else 0)
    booked(bob, blue, starts=starts, title="Redundancies", is_private=True, meeting="ROOM", description="Secret")
    page = look(blue)
    assert "Busy" in words(page) and f"{starts.astimezone(blue.zone):%H:%M}–" in words(page)
    for secret in ("Redundancies", "Bob", "Secret", "/join/", "QR code of the link"):
        assert secret not in words(page) and secret not in page.text.split('<form id="deeds"')[0]


def test_what_is_asked_for_is_shown_as_such_and_nobody_checks_in(acme, bob):
    hall = new_space(acme, "Hall", needs_approval=True, time_zone=zone_at_noon())
    booked(bob, hall, starts=soon(), meeting="ROOM")
    page = look(hall)
    assert "Busy until" in words(page) and "Waiting for approval" in words(page)
    assert buttons(page) == [] and "QR code of the link" not in page.text


def test_what_others_hold_while_they_fill_in_a_form_is_not_shown(bob, blue):
    hold(user=bob, spaces=(blue,), starts_at=soon(), ends_at=soon(hours=1))
    page = look(blue)
    assert "Free for the rest of the day" in words(page)
    assert buttons(page) == []  # but nobody else has it meanwhile


def test_a_cancelled_booking_leaves_the_door_at_once(bob, blue, review):
    cancel(booking=review, actor=bob)
    assert "Review" not in words(look(blue)) and "Free" in words(look(blue))


def test_a_space_that_nobody_came_to_is_free(bob, blue, review):
    happened(review, minutes=10)
    assert release_absent() == 1
    assert "Free" in words(look(blue))


def test_times_are_those_of_the_space(acme, bob):
    lord_howe = new_space(acme, "Cabin", time_zone="Australia/Lord_Howe")
    booking = booked(bob, lord_howe, starts=soon(), minutes=30)
    assert f"Busy until {booking.ends_at.astimezone(lord_howe.zone):%H:%M}" in words(look(lord_howe, browser_of(bob)))


def test_opening_hours_end_what_is_free_and_close_it(acme, bob):
    shop = new_space(acme, "Shop")
    open_at(shop, *range(7))
    day = tomorrow()
    early, morning, evening = (at(shop, day.replace(hour=hour)) for hour in (7, 10, 18))
    assert (early.is_open, early.until) == (False, day.replace(hour=9))
    assert (morning.is_open, morning.until) == (True, day.replace(hour=17))
    assert (evening.is_open, evening.until) == (False, None)
    assert evening.bookable == early.bookable == []


def test_a_space_that_is_out_of_use_says_so(blue):
    Space.objects.update(is_active=False)
    page = look(blue)
    assert "Not in use" in words(page) and buttons(page) == []


def test_it_knows_when_it_will_read_otherwise(acme, bob):
    blue = new_space(acme, "In UTC")
    booked(bob, blue, starts=tomorrow(12))
    assert at(blue, tomorrow(9)).changes_at == tomorrow(11, 45)  # people may check in
    assert at(blue, tomorrow(11, 50)).changes_at == tomorrow(12)
    assert at(blue, tomorrow(12, 10)).changes_at == tomorrow(13)
    midnight = at(blue, tomorrow(14)).changes_at.astimezone(blue.zone)
    assert (midnight.hour, midnight.minute) == (0, 0)


@pytest.mark.parametrize(("minutes", "offered"), [(14, []), (15, [15]), (59, [15, 30]), (60, [15, 30, 60])])
def test_it_offers_to_book_as_far_as_it_is_free(acme, bob, minutes, offered):
    blue = new_space(acme, "In UTC")
    booked(bob, blue, starts=tomorrow(12))
    assert at(blue, tomorrow(12) - timedelta(minutes=minutes)).bookable == offered


def test_it_offers_no_more_than_the_space_is_booked_for_and_leaves_its_buffers(acme, bob):
    small = new_space(acme, "Small", longest=30, buffer_after=15)
    booked(bob, small, starts=tomorrow(12), minutes=30)
    assert at(small, tomorrow(9)).bookable == [15, 30]
    assert at(small, tomorrow(11, 30)).bookable == [15]


def test_what_it_says_of_buffers_is_what_can_be_booked(acme, bob):
    tidied = new_space(acme, "Tidied", buffer_before=10, buffer_after=20)
    for hour in (10, 12):
        booked(bob, tidied, starts=tomorrow(hour))
    told = [at(tidied, moment) for moment in (tomorrow(9), tomorrow(11, 29), tomorrow(11, 30), tomorrow(13, 29))]
    assert [(one.is_kept_clear, one.until, one.bookable) for one in told] == [
        (False, tomorrow(9, 30), [15, 30]),
        (True, tomorrow(12), []),
        (True, tomorrow(12), []),
        (True, tomorrow(13, 30), []),
    ]
    after = at(tidied, tomorrow(13, 30))
    assert (after.is_kept_clear, after.until, after.bookable) == (False, None, [15, 30, 60])


def test_a_space_that_is_kept_clear_says_so(acme, bob):
    tidied = new_space(acme, "Tidied", buffer_after=20, time_zone=zone_at_noon())
    review = happened(booked(bob, tidied, starts=soon(), minutes=30), minutes=10)
    until = end_now(booking=review, actor=bob).ends_at + timedelta(minutes=20)
    page = look(tidied)
    assert f"Kept clear until {until.astimezone(tidied.zone):%H:%M}" in words(page)
    assert buttons(page) == [] and "Review" not in words(page)


def test_tomorrows_buffers_end_what_is_free_today(acme, bob):
    cabin = new_space(acme, "Cabin", buffer_before=30)
    booked(bob, cabin, starts=tomorrow(0, days=2), title="Early")
    evening, late = at(cabin, tomorrow(22)), at(cabin, tomorrow(23, 40))
    assert (evening.until, evening.bookable, evening.coming) == (tomorrow(23, 30), [15, 30, 60], [])
    assert (late.is_kept_clear, late.bookable) == (True, [])


@pytest.mark.parametrize("rule", [{"booked_by": "ADMINS"}, {"needs_approval": True}])
def test_what_members_may_not_book_by_themselves_nobody_books_at_the_door(blue, rule):
    Space.objects.update(**rule)
    assert buttons(look(blue)) == []
    assert refusal(press(blue, "book", minutes=30)) == "booking.not-allowed"
    assert not Booking.objects.exists()


def test_booking_at_the_door_is_nobodys_and_needs_no_checking_in(blue):
    answer = press(blue, "book", minutes=30)
    assert answer.url == f"/door/{blue.door_key}/"
    booking = Booking.objects.get()
    assert (booking.organizer, booking.title, booking.state) == (None, "Booked at the door", "CHECKED_IN")
    assert booking.ends_at - booking.starts_at == timedelta(minutes=30)
    assert "Booked at the door" in words(look(blue))
    made = AuditEntry.objects.get(action="booking.created")
    assert (made.actor, made.organization) == (None, blue.organization_id)


@pytest.mark.parametrize("minutes", ["45", "0", "-15", "1440", "many", "", "9" * 5000])
def test_only_what_is_offered_is_booked(blue, minutes):
    assert refusal(press(blue, "book", minutes=minutes)) == "booking.invalid"
    assert not Booking.objects.exists()


def test_a_time_that_is_taken_meanwhile_is_refused_in_words(blue, review):
    answer = press(blue, "book", minutes=15)
    assert refusal(answer) == "booking.conflict"
    assert 'role="alert"' in answer.text and "The space is not free at that time." in answer.text
    assert "Busy until" in words(answer)


def test_one_door_does_not_book_all_day(bob, blue):
    for _ in range(MADE):
        press(blue, "book", minutes=15)
        cancel_all(blue)
    assert refusal(press(blue, "book", minutes=15)) == "rate.exceeded"
    other = new_space(blue.organization, "Other", time_zone=blue.time_zone)
    assert press(other, "book", minutes=15).status_code == 302


def cancel_all(space) -> None:
    Booking.objects.filter(spaces=space).delete()


def test_one_door_does_not_do_anything_endlessly(blue, review):
    for _ in range(DEEDS):
        press(blue, "check-in", booking=review.pk)
    assert refusal(press(blue, "check-in", booking=review.pk)) == "rate.exceeded"


def test_checking_in(blue, review):
    page = look(blue)
    assert "Check in by" in words(page)
    assert buttons(page) == ["Check in", "Join", "Extend 15 minutes", "End now"]
    assert press(blue, "check-in", booking=review.pk).status_code == 302
    review.refresh_from_db()
    assert review.state == "CHECKED_IN"
    page = look(blue)
    assert "Checked in" in words(page) and "Check in" not in buttons(page)


def test_a_quarter_of_an_hour_early_one_may_check_in_and_not_before(bob, blue):
    early, later = booked(bob, blue, starts=soon(minutes=14), minutes=30), soon(hours=3)
    booked(bob, blue, starts=later)
    assert buttons(look(blue)) == ["Check in"]
    press(blue, "check-in", booking=early.pk)
    early.refresh_from_db()
    assert early.state == "CHECKED_IN"


def test_ending_frees_it(blue, review):
    press(blue, "end", booking=review.pk)
    review.refresh_from_db()
    assert review.state == "COMPLETED"
    assert "Free" in words(look(blue)) and "Book 30 minutes" in buttons(look(blue))


def test_extending_as_far_as_it_is_free(bob, blue, review):
    before = review.ends_at
    booked(bob, blue, starts=before + timedelta(minutes=20), title="Next one")
    assert f'name="version" value="{review.version}"' in look(blue).text
    pressed = [press(blue, "extend", booking=review.pk, version=review.version) for _ in range(2)]
    assert pressed[0].status_code == 302 and refusal(pressed[1]) == "booking.changed"
    review.refresh_from_db()
    assert review.ends_at == before + timedelta(minutes=15)
    assert "Extend 15 minutes" not in buttons(look(blue))
    assert refusal(press(blue, "extend", booking=review.pk, version=review.version)) == "booking.conflict"


def test_joining_leads_to_the_meeting_and_checks_in(blue, review):
    page = look(blue)
    assert "QR code of the link to the meeting" in page.text and "Join with your phone" in words(page)
    assert press(blue, "join", booking=review.pk).url == review.meeting.room.join_path
    review.refresh_from_db()
    assert review.state == "CHECKED_IN"


def test_the_code_to_join_by_holds_no_secret_of_the_door(blue, review, monkeypatch):
    drawn = []
    monkeypatch.setattr("bookings.door.views.qr_code", lambda link: drawn.append(link) or "")
    look(blue)
    assert f"http://testserver{review.meeting.room.join_path}" in drawn
    assert [link for link in drawn if blue.door_key in link] == []


def test_a_meeting_elsewhere_is_for_phones_and_the_tablet_stays_here(bob, blue):
    booking = booked(bob, blue, starts=soon(), meeting="EXTERNAL", external_url=ELSEWHERE)
    page = look(blue)
    assert "Join" not in buttons(page) and "<svg" in page.text
    assert refusal(press(blue, "join", booking=booking.pk)) == "booking.no-meeting"


@pytest.mark.parametrize("how", [{"meeting": "ROOM", "is_private": True}, {"meeting": "NONE"}])
def test_no_way_into_a_private_meeting_or_where_there_is_none(bob, blue, how):
    booking = booked(bob, blue, starts=soon(), **how)
    assert "Join" not in buttons(look(blue))
    assert refusal(press(blue, "join", booking=booking.pk)) == "booking.no-meeting"


@pytest.mark.parametrize("verb", ["check-in", "join", "end", "extend"])
def test_nothing_is_done_to_what_the_door_does_not_show(bob, blue, review, verb):
    green = new_space(blue.organization, "Green", time_zone=blue.time_zone)
    elsewhere = booked(bob, green, starts=soon(), meeting="ROOM")
    later = booked(bob, blue, starts=soon(hours=3), meeting="ROOM")
    for other in (elsewhere.pk, later.pk, uuid4()):
        assert refusal(press(blue, verb, booking=other)) == "door.outdated"
    for one in (elsewhere, later):
        one.refresh_from_db()
        assert one.state == "CONFIRMED"
    assert press(blue, verb, booking="nonsense").status_code == 404


@pytest.mark.parametrize("verb", ["book", "check-in", "join", "end", "extend"])
def test_links_do_nothing_by_being_followed(blue, review, verb):
    assert Client().get(f"/door/{blue.door_key}/{verb}/").status_code == 405
    assert Client(enforce_csrf_checks=True).post(f"/door/{blue.door_key}/{verb}/").status_code == 403


@pytest.mark.parametrize("key", ["", "aaaa-aaaaa-aaaaa", "x", "%00", "..%2fadmin", "a" * 3000])
def test_other_links_lead_nowhere(blue, key):
    assert Client().get(f"/door/{key}/").status_code == 404
    assert Client().post(f"/door/{key}/book/", {"minutes": 15}).status_code == 404


def test_every_way_of_writing_the_key_counts(blue):
    for written in (blue.door_key.upper(), blue.door_key.replace("-", "")):
        assert Client().get(f"/door/{written}/").status_code == 200


def test_a_link_that_was_changed_is_dead(blue, review):
    old = Space.objects.get(pk=blue.pk)
    Space.objects.update(door_key=new_code())
    assert look(old).status_code == press(old, "end", booking=review.pk).status_code == 404


def test_guessing_doors_is_slow(blue):
    for _ in range(MISSES):
        assert Client().get(f"/door/{new_code()}/").status_code == 404
    assert look(blue).status_code == press(blue, "book", minutes=15).status_code == 429


def test_the_page_is_not_kept_and_says_its_address_to_no_other_site(blue, review):
    page = look(blue)
    assert "no-store" in page["Cache-Control"] and page["Referrer-Policy"] == "same-origin"


def test_the_link_of_a_door_is_not_logged(blue, review, caplog):
    look(blue)
    press(blue, "check-in", booking=review.pk)
    press(blue, "book", minutes=15)
    assert blue.door_key not in caplog.text


def test_a_door_knows_nothing_of_other_organizations(bob, charlie, blue):
    theirs = new_space(organization_of(charlie, slug="other"), "Blue", time_zone=blue.time_zone)
    booked(charlie, theirs, starts=soon(), title="Theirs")
    assert "Theirs" not in words(look(blue)) and "Theirs" in words(look(theirs))


@pytest.mark.parametrize("bookings", [1, 8])
def test_the_number_of_queries_does_not_grow_with_the_bookings(bob, blue, bookings, django_assert_max_num_queries):
    check_in(booking=booked(bob, blue, starts=soon(), minutes=30, meeting="ROOM"), actor=bob)
    for number in range(1, bookings):
        booked(bob, blue, starts=soon(minutes=30 * number), minutes=30, meeting="ROOM")
    with django_assert_max_num_queries(5):
        page = look(blue)
    assert words(page).count("Review") == bookings
