"""Who gets in, who does not, and as what. Asked of the services, under every setting that speaks about the door."""

import pytest

from realtime.refusals import Refused
from rooms.models import Attendance, Meeting, ParticipantState, Role, Room
from rooms.services.meetings import leave
from rooms.services.rooms import close_room, set_locked
from tests.rooms.people import come_in, go, guest, member, running, seat, set_settings

pytestmark = pytest.mark.django_db


def refusal(room, visitor, **wish) -> str:
    with pytest.raises(Refused) as refused:
        come_in(room, visitor, **wish)
    return refused.value.code


def test_host_member_and_guest_come_in_as_what_they_are(room, alice, bob):
    seats = [come_in(room, visitor) for visitor in (member(alice), member(bob), guest(room, "Gina"))]
    assert [(one.name, one.role) for one in seats] == [
        ("Alice", Role.HOST),
        ("Bob", Role.PARTICIPANT),
        ("Gina", Role.GUEST),
    ]


def test_a_refused_person_leaves_no_trace(room, bob):
    set_settings(room, wait_for_host=True)
    assert refusal(room, member(bob)) == "room.host-absent"
    assert not Meeting.objects.exists() and not Attendance.objects.exists()


def test_an_unknown_and_a_closed_room_are_not_there(room, alice, bob):
    unknown = Room(code="abcd-efghj-kmnop")
    close_room(room=room, actor=alice)
    assert refusal(room, member(bob)) == refusal(unknown, member(bob)) == "room.not-found"
    assert refusal(room, member(alice)) == "room.not-found"


def test_a_locked_room_lets_hosts_and_insiders_in(room, alice, bob):
    before = come_in(room, member(bob))
    set_locked(room=room, actor=alice, locked=True)
    assert come_in(room, member(bob), move=True).pk == before.pk
    assert come_in(room, member(alice)).role == Role.HOST
    assert refusal(room, guest(room)) == "room.locked"


def test_who_left_a_locked_room_stays_out(room, alice, bob):
    come_in(room, member(alice))
    go(come_in(room, member(bob)))
    set_locked(room=room, actor=alice, locked=True)
    assert refusal(room, member(bob)) == "room.locked"


def test_a_cohost_who_left_a_locked_room_comes_back_as_cohost(room, alice, bob):
    come_in(room, member(alice))
    cohost = come_in(room, member(bob))
    running(room).participants.filter(pk=cohost.pk).update(role=Role.COHOST)
    go(cohost)
    set_locked(room=room, actor=alice, locked=True)
    assert come_in(room, member(bob)).role == Role.COHOST


def test_without_guests_one_needs_an_account(room, bob):
    set_settings(room, allow_guest_access=False)
    assert refusal(room, guest(room)) == "room.sign-in-needed"
    assert come_in(room, member(bob)).role == Role.PARTICIPANT


def test_a_guest_who_is_inside_keeps_the_seat_when_guests_are_switched_off(room):
    gina = guest(room)
    before = come_in(room, gina)
    set_settings(room, allow_guest_access=False)
    assert come_in(room, gina, resume=str(before.connection.token)).pk == before.pk
    go(before)
    assert refusal(room, gina) == "room.sign-in-needed"


def test_nobody_is_before_the_host_where_that_is_wanted(room, alice, bob):
    set_settings(room, wait_for_host=True)
    assert refusal(room, guest(room)) == "room.host-absent"
    host = come_in(room, member(alice))
    come_in(room, member(bob))
    go(host)
    assert refusal(room, guest(room)) == "room.host-absent"


def test_a_cohost_inside_is_host_enough(room, alice, bob):
    set_settings(room, wait_for_host=True)
    host, cohost = come_in(room, member(alice)), come_in(room, member(bob))
    running(room).participants.filter(pk=cohost.pk).update(role=Role.COHOST)
    go(host)
    come_in(room, guest(room))


def test_a_full_meeting_says_so_until_somebody_leaves(room, alice, bob):
    set_settings(room, max_participants=2)
    first = come_in(room, member(alice))
    come_in(room, member(bob))
    assert refusal(room, guest(room)) == "room.full"
    go(first)
    come_in(room, guest(room))


def test_who_is_inside_needs_no_second_seat(room, alice, bob):
    set_settings(room, max_participants=2)
    come_in(room, member(alice))
    come_in(room, member(bob))
    come_in(room, member(bob), move=True)
    assert running(room).participants.admitted().count() == 2


@pytest.mark.parametrize("who", ["member", "guest"])
def test_who_was_removed_cannot_return_to_this_meeting(room, alice, bob, who):
    visitor = member(bob) if who == "member" else guest(room)
    come_in(room, member(alice))
    come_in(room, visitor)
    leave(participant=seat(room, visitor), reason="removed", state=ParticipantState.REMOVED)
    assert refusal(room, visitor) == "participant.removed"


def test_who_was_removed_may_come_to_the_next_meeting(room, bob):
    come_in(room, member(bob))
    leave(participant=seat(room, member(bob)), reason="removed", state=ParticipantState.REMOVED)
    Meeting.objects.update(state="ENDED", ended_at="2026-03-01T10:00:00Z")
    come_in(room, member(bob))


def test_a_guest_without_a_seat_is_asked_for_a_name(room):
    elsewhere = Room(pk="11111111-1111-4111-8111-111111111111")
    assert refusal(room, guest(elsewhere)) == "seat.missing"


def test_coming_back_keeps_seat_role_name_and_hand(room, alice):
    gina = guest(room, "Gina")
    come_in(room, member(alice))
    before = come_in(room, gina)
    running(room).participants.filter(pk=before.pk).update(role=Role.COHOST, hand_raised_at="2026-03-01T10:00:00Z")
    after = come_in(room, gina, resume=str(before.connection.token))
    assert (after.pk, after.role, after.name) == (before.pk, Role.COHOST, "Gina")
    assert after.hand_raised_at is not None
    assert after.stays.count() == 1


def test_leaving_and_coming_back_is_the_same_seat_and_a_second_stay(room):
    gina = guest(room)
    before = come_in(room, gina)
    go(before)
    after = come_in(room, gina)
    assert after.pk == before.pk and after.stays.count() == 2
    assert after.hand_raised_at is None


def test_a_second_page_is_refused_unless_it_takes_over(room, bob):
    before = come_in(room, member(bob))
    assert refusal(room, member(bob)) == "seat.elsewhere"
    assert refusal(room, member(bob), resume="11111111-1111-4111-8111-111111111111") == "seat.elsewhere"
    after = come_in(room, member(bob), move=True)
    assert after.pk == before.pk and after.connection.token != before.connection.token


def test_the_page_that_dropped_comes_back_sharing_a_new_page_does_not(room, bob):
    before = come_in(room, member(bob))
    running(room).participants.update(screen_on=True)
    same_page = come_in(room, member(bob), resume=str(before.connection.token))
    assert same_page.screen_on
    assert not come_in(room, member(bob), move=True).screen_on


def media(participant) -> tuple[bool, bool]:
    return participant.microphone_on, participant.camera_on


def test_what_was_chosen_before_joining_is_what_is_on(room):
    assert media(come_in(room, guest(room, "One"), microphone=True, camera=False)) == (True, False)
    assert media(come_in(room, guest(room, "Two"), microphone=False, camera=True)) == (False, True)


@pytest.mark.parametrize(
    ("setting", "value", "expected"),
    [
        ("mute_participants_on_join", True, (False, True)),
        ("camera_off_on_join", True, (True, False)),
        ("allow_unmute", False, (False, True)),
        ("allow_camera", False, (True, False)),
    ],
)
def test_settings_switch_off_what_people_bring_but_not_the_hosts(room, alice, bob, setting, value, expected):
    set_settings(room, **{setting: value})
    assert media(come_in(room, member(alice))) == (True, True)
    assert media(come_in(room, member(bob))) == expected
    assert media(come_in(room, guest(room))) == expected


def test_who_was_let_unmute_is_not_muted_by_coming_back(room, bob):
    set_settings(room, mute_participants_on_join=True, camera_off_on_join=True)
    first = come_in(room, member(bob))
    assert media(first) == (False, False)
    assert media(come_in(room, member(bob), resume=str(first.connection.token))) == (True, True)
