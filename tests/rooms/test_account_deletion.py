"""When a person goes, their rooms close and what they took part in keeps their name."""

import pytest

from accounts.services import delete_account
from realtime.refusals import Refused
from rooms import record
from rooms.models import EndedReason, Meeting, Room
from rooms.services.rooms import create_room
from tests.conftest import browser_of
from tests.rooms.people import come_in, member, running


def test_rooms_of_who_goes_are_closed_with_what_runs_in_them(room, alice, bob):
    come_in(room, member(bob))
    delete_account(user=alice)
    closed = Room.objects.get()
    assert closed.host is None and not closed.is_active
    assert Meeting.objects.get().ended_reason == EndedReason.ROOM_CLOSED
    with pytest.raises(Refused):
        come_in(room, member(bob))


def test_rooms_of_others_stay_open(room, bob):
    create_room(host=bob)
    delete_account(user=bob)
    assert Room.objects.open().get() == room


def test_records_keep_the_name_and_say_that_there_was_an_account_no_more(room, alice, bob):
    come_in(room, member(alice))
    come_in(room, member(bob))
    meeting = running(room)
    delete_account(user=bob)
    people = record.people(meeting)
    assert [(one.name, one.role, one.has_account) for one in people] == [
        ("Alice", "HOST", True),
        ("Bob", "PARTICIPANT", False),
    ]
    assert "Bob" in browser_of(alice).get(f"/meetings/{meeting.pk}/").text


def test_who_was_there_still_reads_the_record_of_a_host_who_is_gone(room, alice, bob):
    come_in(room, member(alice))
    meeting = come_in(room, member(bob)).meeting
    delete_account(user=alice)
    browser = browser_of(bob)
    assert [one.pk for one in browser.get("/rooms/").context["meetings"]] == [meeting.pk]
    assert "Alice" in browser.get(f"/meetings/{meeting.pk}/").text
