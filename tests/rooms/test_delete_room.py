import pytest

from realtime.refusals import Refused
from rooms.models import Meeting, Room
from rooms.services.rooms import close_room, delete_room
from tests.conftest import browser_of
from tests.rooms.people import come_in, guest


def test_a_room_is_deleted_after_a_question(alice, room):
    browser = browser_of(alice)
    assert "Delete this room?" in browser.get(f"/rooms/{room.code}/delete/").text
    assert Room.objects.exists()
    answer = browser.post(f"/rooms/{room.code}/delete/", follow=True)
    assert "The room is deleted." in answer.text and not Room.objects.exists()


def test_its_meetings_and_their_records_go_with_it(alice, room):
    meeting = come_in(room, guest(room)).meeting
    browser = browser_of(alice)
    browser.post(f"/rooms/{room.code}/delete/")
    assert not Meeting.objects.exists()
    assert browser.get(f"/meetings/{meeting.pk}/").status_code == 404


@pytest.mark.parametrize("verb", [delete_room, close_room])
def test_who_comes_second_is_told_that_it_is_gone(alice, room, verb):
    second = Room.objects.get()
    delete_room(room=room, actor=alice)
    with pytest.raises(Refused) as refused:
        verb(room=second, actor=alice)
    assert refused.value.code == "room.not-found"


def test_a_page_that_comes_second_finds_nothing(alice, room, monkeypatch):
    browser = browser_of(alice)
    monkeypatch.setattr("rooms.views.room_for_host", lambda code, user: room)
    delete_room(room=Room.objects.get(), actor=alice)
    assert browser.post(f"/rooms/{room.code}/close/").status_code == 404
