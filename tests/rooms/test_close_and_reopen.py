from django.test import Client

from rooms.models import EndedReason, Meeting, MeetingState, Room
from tests.conftest import browser_of
from tests.rooms.people import come_in, guest


def test_closing_lets_nobody_in_and_ends_what_runs(alice, room):
    come_in(room, guest(room))
    answer = browser_of(alice).post(f"/rooms/{room.code}/close/", follow=True)
    assert "The room is closed." in answer.text and "Reopen room" in answer.text
    closed = Room.objects.get()
    assert not closed.is_active and closed.closed_at is not None
    meeting = Meeting.objects.get()
    assert (meeting.state, meeting.ended_reason) == (MeetingState.ENDED, EndedReason.ROOM_CLOSED)
    assert Client().get(f"/join/{room.code}/").status_code == 404


def test_reopening_makes_the_same_link_work_again(alice, room):
    browser = browser_of(alice)
    browser.post(f"/rooms/{room.code}/close/")
    answer = browser.post(f"/rooms/{room.code}/reopen/", follow=True)
    assert "The room is open again." in answer.text and "Close room" in answer.text
    opened = Room.objects.get()
    assert opened.is_active and opened.closed_at is None
    assert Client().get(f"/join/{room.code}/").status_code == 200


def test_closing_twice_is_closing_once(alice, room):
    browser = browser_of(alice)
    browser.post(f"/rooms/{room.code}/close/")
    first = Room.objects.get().closed_at
    assert browser.post(f"/rooms/{room.code}/close/").status_code == 302
    assert Room.objects.get().closed_at == first


def test_a_closed_room_keeps_its_settings_page_and_its_past(alice, room):
    browser = browser_of(alice)
    browser.post(f"/rooms/{room.code}/close/")
    for page in ("settings", "meetings"):
        assert browser.get(f"/rooms/{room.code}/{page}/").status_code == 200


def test_looking_changes_nothing(alice, room):
    browser = browser_of(alice)
    for verb in ("close", "reopen"):
        assert browser.get(f"/rooms/{room.code}/{verb}/").status_code == 405
    assert Room.objects.get().is_active
