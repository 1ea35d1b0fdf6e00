"""A booking with a meeting plans it, and whatever becomes of the booking becomes of the meeting."""

import pytest
from django.test import Client

from bookings.conflicts import Conflict
from bookings.models import Booking, Series
from bookings.services.approval import approve, decline
from bookings.services.bookings import book, cancel, change
from bookings.services.presence import end_now, extend
from bookings.services.upkeep import complete_over, release_absent
from bookings.services.wishes import Wish
from bookings.spaces.services import delete_space
from rooms.models import EndedReason, Meeting, MeetingState, Room
from rooms.services.rooms import close_room, delete_room
from tests.bookings.places import booked, happened, new_space, soon, tomorrow, wish
from tests.bookings.places import join as become_member
from tests.conftest import browser_of
from tests.rooms.people import come_in, member

pytestmark = pytest.mark.django_db
ELSEWHERE = "https://video.example.org/j/42"


def changed(booking, actor=None, **changes) -> Booking:
    """By its organizer, unless somebody else is named."""
    booking.refresh_from_db()
    wanted = Wish.of(booking, **changes)
    return change(booking=booking, actor=actor or booking.organizer, version=booking.version, wish=wanted)


def now(booking) -> Meeting:
    return Meeting.objects.select_related("room").get(booking=booking)


@pytest.fixture
def review(bob, blue) -> Booking:
    return booked(bob, blue, meeting="ROOM")


@pytest.fixture
def running(bob, blue) -> Booking:
    """Begun ten minutes ago."""
    return happened(booked(bob, blue, starts=soon(), meeting="ROOM"), minutes=11)


def test_a_room_of_the_organizer_is_made_for_it(review, bob, acme):
    meeting = now(review)
    assert (meeting.title, meeting.state) == ("Review", MeetingState.SCHEDULED)
    assert (meeting.scheduled_starts_at, meeting.scheduled_ends_at) == (review.starts_at, review.ends_at)
    assert (meeting.room.host, meeting.room.organization) == (bob, acme)


def test_without_a_wish_for_one_there_is_none(bob, blue):
    assert booked(bob, blue).meeting is None
    assert not Room.objects.exists()


def test_one_on_another_platform_has_its_address(bob, blue):
    meeting = now(booked(bob, blue, meeting="EXTERNAL", external_url=ELSEWHERE))
    assert (meeting.room, meeting.external_url) == (None, ELSEWHERE)


def test_it_moves_and_is_renamed_with_its_booking(review):
    room = now(review).room
    moved = changed(review, starts_at=tomorrow(14), ends_at=tomorrow(15), title="Retrospective")
    assert (now(moved).scheduled_starts_at, now(moved).scheduled_ends_at) == (tomorrow(14), tomorrow(15))
    assert now(moved).title == now(moved).room.name == "Retrospective"
    assert now(moved).room == room


def test_an_administrator_who_moves_it_does_not_become_its_host(review, alice, bob):
    changed(review, actor=alice, title="Checked")
    assert now(review).room.host == bob
    changed(review, actor=alice, meeting="EXTERNAL", external_url=ELSEWHERE)
    changed(review, actor=alice, meeting="ROOM", external_url="")
    assert now(review).room.host == bob


@pytest.mark.parametrize("other", [{"meeting": "NONE"}, {"meeting": "EXTERNAL", "external_url": ELSEWHERE}])
def test_another_kind_of_meeting_calls_off_the_one_before(review, other):
    before = now(review)
    changed(review, **other)
    before.refresh_from_db()
    assert before.ended_reason == EndedReason.CANCELLED
    found = Meeting.objects.filter(booking=review).first()
    assert (found.external_url if found else "") == other.get("external_url", "")


@pytest.mark.parametrize(
    "other",
    [{"meeting": "NONE"}, {"meeting": "ROOM"}, {"external_url": f"{ELSEWHERE}3"}],
    ids=["none", "room", "other"],
)
def test_one_on_another_platform_is_gone_when_it_is_replaced(bob, blue, other):
    booking = booked(bob, blue, meeting="EXTERNAL", external_url=ELSEWHERE)
    changed(booking, **other)
    assert not Meeting.objects.filter(external_url=ELSEWHERE).exists()
    assert Meeting.objects.count() == (other != {"meeting": "NONE"})


@pytest.mark.parametrize("platform", ["EXTERNAL", "ROOM"])
def test_one_on_another_platform_goes_with_its_booking(alice, bob, blue, platform):
    booking = booked(bob, blue, meeting=platform, external_url=ELSEWHERE if platform == "EXTERNAL" else "")
    cancel(booking=booking, actor=bob)
    delete_space(space=blue, actor=alice)
    assert not Booking.objects.exists()
    assert Meeting.objects.count() == (platform == "ROOM")


def test_a_meeting_can_be_added_later(bob, blue):
    booking = changed(booked(bob, blue), meeting="ROOM")
    assert now(booking).room is not None


@pytest.mark.parametrize("gone", [close_room, delete_room])
def test_a_room_that_is_gone_is_replaced_when_the_booking_changes(review, bob, gone):
    before = now(review).room
    gone(room=before, actor=bob)
    changed(review, title="Retrospective", meeting="ROOM")
    assert now(review).room.pk != before.pk


def test_cancelling_calls_it_off(review, bob):
    cancel(booking=review, actor=bob)
    assert (now(review).state, now(review).ended_reason) == (MeetingState.ENDED, EndedReason.CANCELLED)


def test_declining_calls_it_off_and_approving_does_not(acme, alice, bob):
    hall = new_space(acme, "Hall", needs_approval=True)
    first, second = booked(bob, hall, meeting="ROOM"), booked(bob, hall, starts=tomorrow(12), meeting="ROOM")
    approve(booking=first, actor=alice, version=first.version)
    decline(booking=second, actor=alice, version=second.version)
    assert now(first).state == MeetingState.SCHEDULED
    assert now(second).ended_reason == EndedReason.CANCELLED


def test_a_space_that_is_released_calls_off_what_nobody_came_to(running):
    assert release_absent() == 1
    assert now(running).ended_reason == EndedReason.CANCELLED


def test_who_meets_without_the_space_goes_on_when_it_is_released(running, alice, bob):
    come_in(now(running).room, member(bob))
    assert release_absent() == 1
    assert now(running).is_active
    come_in(now(running).room, member(alice))


def test_ending_and_extending_the_booking_is_ending_and_extending_the_time_of_its_meeting(running, bob):
    longer = extend(booking=running, actor=bob, minutes=30)
    assert now(longer).scheduled_ends_at == longer.ends_at
    ended = end_now(booking=running, actor=bob)
    assert now(ended).scheduled_ends_at == ended.ends_at < longer.ends_at


def test_when_the_time_of_the_booking_is_over_nothing_happens_to_who_meets(running, bob):
    inside = come_in(now(running).room, member(bob))
    happened(running, hours=2)
    assert complete_over() == 1
    assert now(running).is_active and inside.meeting == now(running)


def test_a_series_meets_in_one_room(bob, blue, acme):
    times = {"starts_at": tomorrow(), "ends_at": tomorrow(10)}
    series = Series.objects.create(
        organization=acme, organizer=bob, time_zone="UTC", rrule="FREQ=DAILY;COUNT=2", **times
    )
    first, second = (booked(bob, blue, starts=tomorrow(days=day)) for day in (1, 2))
    Booking.objects.filter(pk__in=[first.pk, second.pk]).update(series=series)
    for one in (first, second):
        changed(one, meeting="ROOM")
    assert now(first).room == now(second).room and now(first) != now(second)
    changed(first, title="Only this one")
    assert Room.objects.get().name == "Review"
    changed(second, title="Only this one")
    assert Room.objects.get().name == "Only this one"


def join(client: Client, booking: Booking):
    return client.post(f"/bookings/{booking.pk}/join/")


def test_joining_by_the_booking_checks_in(running, bob):
    answer = join(browser_of(bob), running)
    assert answer.url == now(running).room.join_path
    running.refresh_from_db()
    assert running.state == "CHECKED_IN"


def test_looking_at_the_link_checks_nobody_in(running, bob):
    page = browser_of(bob).get(f"/bookings/{running.pk}/join/")
    assert page.status_code == 200 and "Join" in page.text
    running.refresh_from_db()
    assert running.state == "CONFIRMED"


def test_who_may_not_check_in_yet_joins_all_the_same(review, bob):
    assert join(browser_of(bob), review).status_code == 302
    review.refresh_from_db()
    assert review.state == "CONFIRMED"


def test_a_member_who_is_not_concerned_does_not_hear_where_it_is(running, acme, charlie):
    become_member(acme, charlie)
    page = browser_of(charlie)
    assert join(page, running).status_code == 403
    for part in ("", "join/", "calendar.ics"):
        assert running.meeting.room.code not in page.get(f"/bookings/{running.pk}/{part}").text
    running.refresh_from_db()
    assert running.state == "CONFIRMED"


def test_another_platform_is_a_link_and_not_a_redirect(bob, blue):
    booking = booked(bob, blue, starts=soon(), meeting="EXTERNAL", external_url=ELSEWHERE)
    page = join(browser_of(bob), booking)
    assert page.status_code == 200
    assert f'href="{ELSEWHERE}" rel="noopener noreferrer"' in page.text
    booking.refresh_from_db()
    assert booking.state == "CHECKED_IN"


def test_there_is_nothing_to_join_where_nothing_is_planned_or_it_was_called_off(review, bob, blue):
    cancel(booking=review, actor=bob)
    for booking in (review, booked(bob, blue, starts=tomorrow(15))):
        assert join(browser_of(bob), booking).status_code == 403
        page = browser_of(bob).get(f"/bookings/{booking.pk}/join/").text
        assert "no meeting to join" in page and ">Join<" not in page


def test_strangers_find_no_link(running, charlie):
    assert join(browser_of(charlie), running).status_code == 404
    assert Client().get(f"/bookings/{running.pk}/join/").url.startswith("/accounts/login/")


def test_a_booking_that_is_refused_plans_nothing(review, bob, blue):
    with pytest.raises(Conflict):
        book(organizer=bob, wish=wish(blue, meeting="ROOM"))
    assert Meeting.objects.count() == Room.objects.count() == 1
