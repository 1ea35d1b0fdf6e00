import pytest
from django.test import Client

from rooms.models import EndedReason, Meeting
from rooms.services.meetings import end
from rooms.services.rooms import create_room
from tests.conftest import browser_of
from tests.rooms.people import ago, come_in, guest, member, running


def met(room, *people, started=None) -> Meeting:
    for person in people:
        come_in(room, person)
    meeting = running(room)
    end(meeting=meeting, reason=EndedReason.HOST)
    if started:
        Meeting.objects.filter(pk=meeting.pk).update(started_at=started)
    return meeting


def listed(user, url: str = "/rooms/") -> list[Meeting]:
    return list(browser_of(user).get(url).context["meetings"])


def test_meetings_i_hosted_or_attended_are_listed_newest_first(alice, bob, room):
    other = create_room(host=bob, name="Of Bob")
    attended = met(other, member(bob), member(alice), started=ago(days=1))
    hosted_from_afar = met(room, guest(room), started=ago(days=2))
    newest = met(room, member(alice))
    assert listed(alice) == [newest, attended, hosted_from_afar]
    assert listed(bob) == [attended]


def test_a_meeting_both_hosted_and_attended_is_listed_once(alice, room):
    assert listed(alice) == []
    meeting = met(room, member(alice), guest(room))
    assert listed(alice) == [meeting]


def test_each_shows_when_it_was_how_long_and_how_many_came(alice, room):
    meeting = met(room, member(alice), guest(room))
    Meeting.objects.filter(pk=meeting.pk).update(started_at=ago(minutes=65, seconds=30))
    page = browser_of(alice).get("/rooms/").text
    assert f'href="/meetings/{meeting.pk}/"' in page
    assert "1 h 5 min" in page and "2 people" in page


def test_times_are_in_the_zone_of_the_reader(alice, room):
    meeting = met(room, member(alice))
    Meeting.objects.filter(pk=meeting.pk).update(started_at="2026-03-01T23:30:00Z")
    alice.time_zone = "Asia/Tokyo"
    alice.save()
    assert "March 2, 2026, 08:30" in browser_of(alice).get("/rooms/").text


def test_twenty_stand_on_a_page(alice, room):
    meetings = [met(room, member(alice), started=ago(days=day)) for day in range(21)]
    assert listed(alice) == meetings[:20]
    assert listed(alice, "/rooms/?page=2") == meetings[20:]
    assert listed(alice, "/rooms/?page=99") == meetings[20:]
    assert "?page=2" in browser_of(alice).get("/rooms/").text


def test_a_stranger_has_none(room, alice, charlie):
    met(room, member(alice))
    assert listed(charlie) == []


def test_the_past_meetings_of_a_room_are_its_hosts(alice, bob, room):
    meeting = met(room, member(bob))
    url = f"/rooms/{room.code}/meetings/"
    assert listed(alice, url) == [meeting]
    assert browser_of(bob).get(url).status_code == 404
    assert Client().get(url).url.startswith("/accounts/login/")
    assert browser_of(alice).post(url).status_code == 405


def test_a_room_without_meetings_says_so(alice, room):
    assert "Nobody has met in this room yet." in browser_of(alice).get(f"/rooms/{room.code}/meetings/").text


@pytest.mark.parametrize("meetings", [1, 12])
def test_the_number_of_queries_does_not_grow_with_the_meetings(
    alice, bob, room, meetings, django_assert_max_num_queries
):
    for _ in range(meetings):
        met(room, member(alice), member(bob))
    browser = browser_of(alice)
    with django_assert_max_num_queries(8):
        browser.get("/rooms/")
