"""What the rules say must be impossible is impossible in the database."""

import pytest
from django.db import IntegrityError
from django.utils import timezone

from rooms.models import Attendance, Meeting, Room, RoomSettings
from tests.rooms.people import come_in, guest, member, running

pytestmark = pytest.mark.django_db


def test_a_room_has_one_active_meeting(room):
    Meeting.objects.create(room=room)
    with pytest.raises(IntegrityError):
        Meeting.objects.create(room=room)


def test_any_number_of_meetings_may_have_ended(room):
    for _ in range(3):
        Meeting.objects.create(room=room, state="ENDED", ended_at=timezone.now())


def test_a_meeting_that_ended_has_a_time(room):
    with pytest.raises(IntegrityError):
        Meeting.objects.create(room=room, state="ENDED")


@pytest.mark.parametrize("seats", [0, 1, 1001])
def test_seats_have_a_range(room, seats):
    with pytest.raises(IntegrityError):
        RoomSettings.objects.filter(room=room).update(max_participants=seats)


@pytest.mark.parametrize("field", ["waiting_room", "engine", "without_host"])
def test_choices_are_known(room, field):
    with pytest.raises(IntegrityError):
        RoomSettings.objects.filter(room=room).update(**{field: "NONSENSE"})


def test_records_are_kept_for_one_of_the_known_times(room):
    with pytest.raises(IntegrityError):
        RoomSettings.objects.filter(room=room).update(records_kept=31)


def test_a_code_belongs_to_one_room(alice, room):
    with pytest.raises(IntegrityError):
        Room.objects.create(host=alice, name="Twin", code=room.code)


def test_a_person_has_one_seat_in_a_meeting(room, bob):
    come_in(room, member(bob))
    with pytest.raises(IntegrityError):
        running(room).participants.create(user=bob, role="PARTICIPANT", state="ADMITTED")


def test_a_guest_has_one_seat_in_a_meeting(room):
    sitting = come_in(room, guest(room))
    with pytest.raises(IntegrityError):
        running(room).participants.create(seat_hash=sitting.seat_hash, role="GUEST", state="ADMITTED")


def test_a_meeting_has_one_host(room, alice, bob):
    come_in(room, member(alice))
    with pytest.raises(IntegrityError):
        running(room).participants.create(user=bob, role="HOST", state="ADMITTED")


@pytest.mark.parametrize("field", ["role", "state"])
def test_roles_and_states_are_known(room, bob, field):
    with pytest.raises(IntegrityError):
        come_in(room, member(bob)).meeting.participants.update(**{field: "NONSENSE"})


def test_one_person_presents(room, alice, bob):
    for user in (alice, bob):
        come_in(room, member(user))
    with pytest.raises(IntegrityError):
        running(room).participants.update(screen_on=True)


def test_a_person_has_one_open_stay(room, bob):
    with pytest.raises(IntegrityError):
        Attendance.objects.create(participant=come_in(room, member(bob)))
