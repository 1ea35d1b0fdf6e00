"""Meetings that are planned as rows: begun by who comes in time, moved, called off, or never held."""

from datetime import timedelta

import pytest

from realtime.refusals import Refused
from rooms.models import EndedReason, Meeting, MeetingState, Room
from rooms.services.meetings import end
from rooms.services.planned import call_off_meeting, end_over, move_meeting, plan_meeting
from rooms.services.rooms import change_room, close_room, delete_room
from tests.conftest import browser_of
from tests.rooms.people import come_in, go, guest, member
from tests.schedules.plans import scheduled, soon

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def planned(host, starts_at=None, *, title="Review", **where) -> Meeting:
    starts_at = starts_at or soon(days=1)
    return plan_meeting(
        title=title, starts_at=starts_at, ends_at=starts_at + HOUR, host=host, organization=None, **where
    )


def moved(meeting, starts_at, *, title="Review", actor=None) -> Meeting:
    move_meeting(meeting=meeting, actor=actor, title=title, starts_at=starts_at, ends_at=starts_at + HOUR)
    meeting.refresh_from_db()
    return meeting


def refusal(room, visitor) -> Refused:
    with pytest.raises(Refused) as refused:
        come_in(room, visitor)
    return refused.value


def elsewhere(host, url="https://video.example.org/j/1") -> Meeting:
    return planned(host, external_url=url)


def test_it_gets_a_room_of_the_host_that_opens_only_then(alice):
    meeting = planned(alice)
    room = meeting.room
    assert (room.host, room.name, room.settings.only_when_scheduled) == (alice, "Review", True)
    assert (meeting.state, meeting.started_at) == (MeetingState.SCHEDULED, None)


def test_on_another_platform_it_needs_no_room(alice):
    meeting = elsewhere(alice)
    assert (meeting.room, meeting.external_url) == (None, "https://video.example.org/j/1")
    assert not Room.objects.exists()


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "ftp://example.org/a", "video.example.org", "https://", f"https://a.org/{'a' * 500}"]
)
def test_addresses_of_other_platforms_are_pages(alice, url):
    with pytest.raises(Refused) as refused:
        elsewhere(alice, url)
    assert refused.value.code == "meeting.address-malformed"
    assert not Meeting.objects.exists()


@pytest.mark.parametrize("minutes", [14, 0, -59])
def test_who_comes_from_a_quarter_of_an_hour_before_until_its_end_begins_it(alice, bob, minutes):
    meeting = planned(alice, soon(minutes=minutes, seconds=30))
    come_in(meeting.room, member(bob))
    meeting.refresh_from_db()
    assert meeting.is_active and meeting.started_at is not None
    assert Meeting.objects.count() == 1


@pytest.mark.parametrize("minutes", [17, -61])
def test_at_other_times_the_host_begins_another(alice, minutes):
    meeting = planned(alice, soon(minutes=minutes))
    come_in(meeting.room, member(alice))
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.SCHEDULED
    assert Meeting.objects.active().get().scheduled_starts_at is None


def test_at_other_times_nobody_else_comes_in_and_hears_when_it_opens(alice, bob):
    meeting = planned(alice, soon(days=2).replace(hour=10, minute=30))
    for visitor in (member(bob), guest(meeting.room)):
        refused = refusal(meeting.room, visitor)
        assert refused.code == "room.not-now"
        assert "10:15 a.m. (UTC)" in refused.text
    moved(meeting, soon(hours=-2))
    assert "nothing is planned" in refusal(meeting.room, member(bob)).text


def test_schedules_of_the_room_open_it_too(room, bob):
    change_room(room=room, actor=room.host, settings={"only_when_scheduled": True})
    scheduled(room, soon(minutes=20), rrule="FREQ=DAILY;COUNT=2")
    assert refusal(room, member(bob)).code == "room.not-now"
    scheduled(room, soon(minutes=10))
    come_in(room, member(bob))


def test_who_is_inside_stays_when_its_time_is_over_and_who_left_is_out(alice, bob):
    meeting = planned(alice, soon())
    host, inside = come_in(meeting.room, member(alice)), come_in(meeting.room, member(bob))
    moved(meeting, soon(hours=-2))
    assert come_in(meeting.room, member(bob), resume=str(inside.connection.token)).pk == inside.pk
    go(inside)
    assert refusal(meeting.room, member(bob)).code == "room.not-now"
    go(host)
    assert come_in(meeting.room, member(alice)).is_hosting


def test_who_comes_back_in_its_time_finds_the_same_plan(alice, bob):
    meeting = planned(alice, soon())
    end(meeting=come_in(meeting.room, member(alice)).meeting, reason=EndedReason.HOST)
    again = come_in(meeting.room, member(bob)).meeting
    assert again.pk != meeting.pk and again.title == "Review"
    moved(meeting, soon(minutes=5))
    again.refresh_from_db()
    assert again.scheduled_starts_at == soon(minutes=5)


def test_a_new_name_is_also_the_rooms_unless_the_host_gave_it_another(alice):
    meeting = planned(alice)
    moved(meeting, soon(days=2), title="Retrospective", actor=alice)
    assert Room.objects.get().name == meeting.title == "Retrospective"
    change_room(room=meeting.room, actor=alice, name="My corner", settings={})
    moved(meeting, soon(days=2), title="Planning", actor=alice)
    assert (Room.objects.get().name, meeting.title) == ("My corner", "Planning")


def test_called_off_before_it_began_it_opens_nothing_and_moves_no_more(alice, bob):
    meeting = planned(alice, soon())
    call_off_meeting(meeting=meeting, actor=alice)
    assert refusal(meeting.room, member(bob)).code == "room.not-now"
    moved(meeting, soon(days=3))
    assert (meeting.state, meeting.ended_reason) == (MeetingState.ENDED, EndedReason.CANCELLED)
    assert meeting.scheduled_starts_at == soon()


def test_called_off_while_it_runs_it_goes_on_and_nobody_new_comes_in(alice, bob):
    meeting = planned(alice, soon())
    host = come_in(meeting.room, member(alice))
    call_off_meeting(meeting=meeting, actor=alice)
    meeting.refresh_from_db()
    assert meeting.is_active
    assert refusal(meeting.room, member(bob)).code == "room.not-now"
    assert come_in(meeting.room, member(alice), resume=str(host.connection.token)).pk == host.pk


def test_called_off_after_a_break_it_lets_nobody_back(alice, bob):
    meeting = planned(alice, soon())
    end(meeting=come_in(meeting.room, member(alice)).meeting, reason=EndedReason.EMPTY)
    come_in(meeting.room, member(alice))
    call_off_meeting(meeting=meeting, actor=alice)
    assert refusal(meeting.room, member(bob)).code == "room.not-now"


def test_what_nobody_came_to_is_over_with_its_time(alice):
    past, coming, other = planned(alice, soon(hours=-2)), planned(alice), elsewhere(alice)
    moved(other, soon(hours=-2))
    end_over()
    for one in (past, coming, other):
        one.refresh_from_db()
    assert (past.state, past.ended_reason) == (MeetingState.ENDED, EndedReason.NOT_HELD)
    assert (other.state, other.ended_reason) == (MeetingState.ENDED, "")
    assert coming.state == MeetingState.SCHEDULED


def test_one_that_cannot_be_ended_keeps_no_other_from_it(alice, monkeypatch):
    broken, past = planned(alice, soon(hours=-3)), planned(alice, soon(hours=-2))

    def fail(*, entity, **rest):
        if entity == broken:
            raise ZeroDivisionError

    monkeypatch.setattr("rooms.services.meetings.record", fail)
    end_over()
    states = Meeting.objects.in_bulk([broken.pk, past.pk])
    assert (states[broken.pk].state, states[past.pk].state) == (MeetingState.SCHEDULED, MeetingState.ENDED)


def test_a_room_that_closes_calls_off_what_is_planned_in_it(alice):
    first, second = planned(alice), planned(alice)
    close_room(room=first.room, actor=alice)
    first.refresh_from_db()
    assert first.ended_reason == EndedReason.CANCELLED
    delete_room(room=second.room, actor=alice)
    assert not Meeting.objects.filter(pk=second.pk).exists()


def test_the_host_finds_it_among_what_comes_and_not_among_what_was(alice, bob):
    meeting = planned(alice, soon(days=2))
    scheduled(meeting.room, soon(days=1), title="Before")
    page = browser_of(alice).get("/rooms/")
    assert [one.title for one in page.context["upcoming"]] == ["Before", "Review"]
    assert list(page.context["meetings"]) == []
    assert browser_of(bob).get("/rooms/").context["upcoming"] == []


@pytest.mark.parametrize("off", [False, True])
def test_there_is_no_record_of_what_has_not_begun(alice, off):
    meeting = planned(alice)
    if off:
        call_off_meeting(meeting=meeting, actor=alice)
    assert browser_of(alice).get(f"/meetings/{meeting.pk}/").status_code == 404
    assert list(browser_of(alice).get(f"/rooms/{meeting.room.code}/meetings/").context["meetings"]) == []
