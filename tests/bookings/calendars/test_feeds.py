"""Calendars that other programs subscribe to by a secret link."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from audit.models import AuditEntry
from bookings.feeds.models import Feed
from bookings.feeds.services import make_feed
from bookings.models import Booking
from bookings.services.bookings import cancel, change
from bookings.services.wishes import Wish
from organizations.models import Membership
from rooms.models import Meeting
from rooms.services.rooms import create_room
from tests.bookings.calendars.bookings import booking_of, series_of
from tests.bookings.calendars.reading import expanded, expanded_by_another
from tests.bookings.places import booked, new_space, organization_of, tomorrow
from tests.conftest import browser_of
from tests.schedules.plans import scheduled, soon


def read(feed: Feed, **headers: str):
    return Client().get(f"/feeds/{feed.key}.ics", headers=headers)


def titles(feed: Feed) -> list[str]:
    return sorted(str(one["SUMMARY"]) for one in Calendar.from_ical(read(feed).text).walk("VEVENT"))


@pytest.fixture
def mine(bob) -> Feed:
    return make_feed(user=bob, of=None)


@pytest.fixture
def of_blue(bob, blue) -> Feed:
    return make_feed(user=bob, of=blue)


@pytest.fixture
def of_acme(bob, acme) -> Feed:
    return make_feed(user=bob, of=acme)


def test_it_is_a_calendar_for_private_keeping(mine, bob, blue):
    booking = booked(bob, blue)
    answer = read(mine)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    found = Calendar.from_ical(answer.text)
    assert found["METHOD"] == "PUBLISH" and "ATTENDEE" not in answer.text
    assert expanded(answer.text) == expanded_by_another(answer.text) == {(booking.starts_at, booking.ends_at)}


def test_ones_own_has_what_one_organizes_and_is_invited_to(mine, alice, bob, blue, green, room):
    EmailAddress.objects.create(user=bob, email=bob.email, verified=True, primary=True)
    booked(bob, blue, title="Mine", is_private=True)
    booked(alice, green, starts=tomorrow(13), title="Invited", attendees=(bob.email,), is_private=True)
    booked(alice, blue, title="Others", starts=tomorrow(15))
    scheduled(room, title="Planned in a room", invitees=(bob.email,), rrule="FREQ=WEEKLY;COUNT=3")
    scheduled(create_room(host=bob, name="Own"), soon(days=2), title="Own plan")
    assert titles(mine) == ["Invited", "Mine", "Own plan", "Planned in a room"]
    assert len(expanded(read(mine).text)) == 6 and expanded(read(mine).text) == expanded_by_another(read(mine).text)


def test_an_address_that_nobody_proved_is_no_invitation(mine, alice, bob, blue):
    booked(alice, blue, attendees=(bob.email,))
    assert titles(mine) == []


def test_of_others_what_is_private_is_busy(of_blue, of_acme, alice, bob, blue, green):
    booked(alice, blue, title="Secret", is_private=True, description="Hush", attendees=("gina@example.org",))
    booked(alice, green, title="Elsewhere")
    booked(bob, blue, title="Mine", is_private=True, starts=tomorrow(15))
    assert titles(of_blue) == ["Busy", "Mine"] and titles(of_acme) == ["Busy", "Elsewhere", "Mine"]
    for feed in (of_blue, of_acme):
        for secret in ("Secret", "Hush", "gina"):
            assert secret not in read(feed).text
    assert "Alice" not in read(of_blue).text
    assert titles(make_feed(user=alice, of=blue)) == ["Mine", "Secret"]  # an administrator


def test_links_into_meetings_are_for_who_is_invited(mine, of_blue, bob, blue, room):
    meeting = Meeting.objects.create(room=room, state="SCHEDULED")
    booking_of(blue, bob, tomorrow(), meeting=meeting)
    assert room.join_path in read(mine).text and room.join_path not in read(of_blue).text


def test_what_is_off_or_only_held_is_not_there(of_blue, bob, blue):
    cancel(booking=booked(bob, blue), actor=bob)
    booking_of(blue, bob, tomorrow(15), state="HELD", title="", held_until=timezone.now() + timedelta(minutes=5))
    booking_of(blue, bob, tomorrow(17), state="RELEASED")
    assert titles(of_blue) == []


def test_a_month_back_and_a_year_ahead(of_blue, bob, blue):
    now = timezone.now()
    for days, title in ((-31, "Past"), (-29, "Last month"), (364, "Next year"), (366, "Far")):
        booking_of(blue, bob, now + timedelta(days=days), title=title)
    assert titles(of_blue) == ["Last month", "Next year"]


def test_each_date_of_a_series_is_there(of_blue, bob, blue):
    first = tomorrow().replace(tzinfo=None)
    series = series_of(blue, bob, first, "FREQ=DAILY;COUNT=4")
    series.bookings.filter(original_starts_at=series.starts_at).update(state="CANCELLED")
    assert len(expanded(read(of_blue).text)) == 3


def test_who_has_it_already_gets_nothing_again(of_blue, bob, blue):
    booking = booked(bob, blue)
    etag = read(of_blue).headers["ETag"]
    again = read(of_blue, if_none_match=etag)
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    change(booking=booking, actor=bob, version=booking.version, wish=Wish.of(booking, title="Retro"))
    assert read(of_blue, if_none_match=etag).status_code == 200


def test_rights_are_those_of_now(of_blue, of_acme, mine, bob, acme):
    Membership.objects.filter(user=bob, organization=acme).delete()
    assert [read(one).status_code for one in (of_blue, of_acme, mine)] == [404, 404, 200]
    bob.is_active = False
    bob.save()
    assert read(mine).status_code == 404


def test_a_wrong_key_is_not_found_and_guessing_is_slow(of_blue):
    assert {Client().get("/feeds/guess.ics").status_code for _ in range(30)} == {404, 429}
    assert read(of_blue).status_code == 429


def test_reading_is_limited(of_blue):
    assert {read(of_blue).status_code for _ in range(120)} == {200}
    assert read(of_blue).status_code == 429


def test_links_are_made_renewed_and_revoked_on_a_page(bob, acme, blue):
    browser = browser_of(bob)
    page = browser.get("/bookings/feeds/")
    assert "My bookings" in page.text and "Blue" in page.text
    for target in ("MINE", str(acme.pk), str(blue.pk), str(blue.pk)):
        assert browser.post("/bookings/feeds/", {"of": target}).status_code == 302
    assert Feed.objects.filter(user=bob).count() == 3
    feed = Feed.objects.get(space=blue)
    assert "Not read yet." in browser.get("/bookings/feeds/").text
    assert read(feed).status_code == 200
    page = browser.get("/bookings/feeds/").text
    assert f"/feeds/{feed.key}.ics" in page and "Last read" in page
    browser.post(f"/bookings/feeds/{feed.pk}/renew/")
    assert read(feed).status_code == 404 and read(Feed.objects.get(pk=feed.pk)).status_code == 200
    feed.refresh_from_db()
    browser.post(f"/bookings/feeds/{feed.pk}/revoke/")
    assert read(feed).status_code == 404 and not Feed.objects.filter(pk=feed.pk).exists()
    done = AuditEntry.objects.filter(entity="bookings.feed", entity_id=str(feed.pk))
    assert set(done.values_list("action", "organization")) == {
        (action, acme.pk) for action in ("feed.created", "feed.renewed", "feed.revoked")
    }
    assert not AuditEntry.objects.filter(changes__icontains=feed.key).exists()


def test_nobody_makes_or_touches_what_is_not_theirs(bob, charlie, acme, blue, of_blue):
    other = new_space(organization_of(charlie, slug="other"), "Other")
    assert "Select a valid choice" in browser_of(bob).post("/bookings/feeds/", {"of": str(other.pk)}).text
    assert not Feed.objects.filter(space=other).exists()
    for verb in ("renew", "revoke"):
        assert browser_of(charlie).post(f"/bookings/feeds/{of_blue.pk}/{verb}/").status_code == 404
    assert of_blue.key not in browser_of(charlie).get("/bookings/feeds/").text
    assert "/accounts/login/" in Client().get("/bookings/feeds/").url


@pytest.mark.parametrize("bookings", [1, 20])
def test_the_number_of_queries_does_not_grow(of_acme, alice, blue, bookings, django_assert_max_num_queries):
    for number in range(bookings):
        booked(alice, blue, starts=tomorrow(days=number + 1), attendees=("gina@example.org",))
    with django_assert_max_num_queries(11):
        assert len(titles(of_acme)) == bookings


def test_one_booking_is_downloaded_under_the_name_of_its_invitation(bob, charlie, blue):
    booking = booked(bob, blue)
    url = f"/bookings/{booking.pk}/calendar.ics"
    answer = browser_of(bob).get(url)
    [event] = Calendar.from_ical(answer.text).walk("VEVENT")
    assert event["UID"] == f"{booking.uid}@meet" and answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert browser_of(charlie).get(url).status_code == 404 and "/accounts/login/" in Client().get(url).url
    Booking.objects.filter(pk=booking.pk).update(state="HELD", held_until=timezone.now())
    assert browser_of(bob).get(url).status_code == 404
