"""A meeting begins with the first who is let in, and ends five minutes after the last has gone."""

from datetime import timedelta

import pytest

from audit.models import AuditEntry
from rooms.models import Attendance, Connection, EndedReason, Meeting, MeetingState, ParticipantState
from rooms.services.meetings import EMPTY_FOR
from signaling.services.hosting import end_meeting
from signaling.services.presence import drop, sweep
from tests.rooms.people import ago, come_in, go, guest, member, running

pytestmark = pytest.mark.django_db


def emptied(meeting: Meeting, **time: int) -> None:
    Meeting.objects.filter(pk=meeting.pk).update(empty_since=ago(**time), started_at=ago(hours=1))


def test_it_begins_with_the_first_and_goes_on_for_the_next(room, bob):
    assert not Meeting.objects.exists()
    first, second = come_in(room, guest(room)), come_in(room, member(bob))
    assert first.meeting == second.meeting and first.meeting.started_at is not None
    assert list(AuditEntry.objects.filter(action="meeting.started").values_list("entity_id", flat=True)) == [
        str(first.meeting.pk)
    ]


def test_it_is_empty_only_when_the_last_has_gone(room, bob):
    gina, bob_seat = come_in(room, guest(room)), come_in(room, member(bob))
    go(gina)
    assert running(room).empty_since is None
    go(bob_seat)
    assert running(room).empty_since is not None


def test_it_waits_five_minutes_for_somebody_to_return(room):
    gina = guest(room)
    go(come_in(room, gina))
    emptied(running(room), minutes=4, seconds=59)
    sweep()
    before = running(room)
    assert come_in(room, gina).meeting == before
    assert running(room).empty_since is None
    sweep()
    assert running(room) == before


def test_it_ends_five_minutes_after_the_last(room):
    go(come_in(room, guest(room)))
    meeting = running(room)
    emptied(meeting, minutes=5, seconds=1)
    sweep()
    meeting.refresh_from_db()
    assert (meeting.state, meeting.ended_reason) == (MeetingState.ENDED, EndedReason.EMPTY)


def test_after_a_long_stop_it_ended_when_its_time_was_up(room):
    go(come_in(room, guest(room)))
    meeting = running(room)
    emptied(meeting, minutes=6)
    Attendance.objects.update(left_at=ago(hours=8))
    sweep()
    meeting.refresh_from_db()
    assert meeting.ended_at == Attendance.objects.get().left_at + EMPTY_FOR


def test_after_a_long_stop_people_have_five_minutes_to_return_to_it(room):
    gina = guest(room)
    before = come_in(room, gina)
    Connection.objects.update(expires_at=ago(hours=8))
    sweep()
    assert come_in(room, gina).pk == before.pk


def test_the_next_visit_is_a_new_meeting(room):
    gina = guest(room)
    go(come_in(room, gina))
    first = running(room)
    emptied(first, minutes=6)
    sweep()
    assert come_in(room, gina).meeting != first
    assert room.meetings.count() == 2


def test_who_drops_keeps_the_seat_for_thirty_seconds(room):
    sitting = come_in(room, guest(room))
    drop(participant_id=sitting.pk, token=sitting.connection.token)
    sweep()
    held = Connection.objects.get()
    assert not held.is_open and timedelta(seconds=25) < held.expires_at - ago() <= timedelta(seconds=30)
    assert running(room).participants.admitted().count() == 1


def test_who_does_not_return_has_left_when_the_connection_ran_out(room):
    sitting = come_in(room, guest(room))
    Attendance.objects.update(joined_at=ago(hours=9))
    Connection.objects.update(expires_at=ago(hours=8))
    sweep()
    stay = Attendance.objects.get()
    assert stay.left_at is not None and ago(hours=8, seconds=5) < stay.left_at < ago(hours=7, minutes=59)
    sitting.refresh_from_db()
    assert sitting.state == ParticipantState.LEFT
    assert not Connection.objects.exists() and running(room).empty_since > ago(minutes=1)


def test_the_host_ends_it_for_all(room, alice):
    host = come_in(room, member(alice))
    come_in(room, guest(room))
    end_meeting(participant_id=host.pk)
    meeting = Meeting.objects.get()
    assert (meeting.state, meeting.ended_reason) == (MeetingState.ENDED, EndedReason.HOST)
    assert set(meeting.participants.values_list("state", flat=True)) == {ParticipantState.LEFT}
    assert not Connection.objects.exists() and not Attendance.objects.filter(left_at__isnull=True).exists()


def test_what_ended_stays_as_it_ended(room, alice):
    host = come_in(room, member(alice))
    end_meeting(participant_id=host.pk)
    before = Meeting.objects.get()
    emptied(before, minutes=10)
    sweep()
    after = Meeting.objects.get()
    assert (after.ended_at, after.ended_reason) == (before.ended_at, EndedReason.HOST)
