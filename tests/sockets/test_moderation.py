"""What hosts do to a meeting and its people, and what nobody else can."""

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from audit.models import AuditEntry
from rooms.models import Attendance, Connection, Meeting, MeetingState, Participant, ParticipantState, Role, Room
from rooms.services.rooms import change_link
from rooms.visitors import give_seat
from tests.sockets.people import call_of, chat_of, in_call, in_chat, person, state_of
from tests.wire import wire

pytestmark = pytest.mark.django_db(transaction=True)


@sync_to_async
def recorded(action):
    return list(AuditEntry.objects.filter(action=action).values_list("actor__display_name", "entity_id"))


@sync_to_async
def row(participant_id):
    return Participant.objects.get(pk=participant_id)


async def test_a_locked_room_keeps_newcomers_out_and_lets_people_inside_return(room, host_page, bobs_page, guest_page):
    async with in_call(room, host_page) as alice, in_call(room, bobs_page) as bob:
        assert await alice.verdict("room.lock") == "done"
        assert (await bob.event("room.updated"))["room"]["locked"] is True
        async with wire(call_of(room), guest_page) as gina:
            assert (await gina.join())["code"] == "room.locked"
        await bob.disconnect()
        async with in_call(room, bobs_page) as again:
            assert again.you == bob.you
            assert await again.verdict("meeting.leave") == "done"
        async with wire(call_of(room), bobs_page) as late:
            assert (await late.join())["code"] == "room.locked"  # who has left is outside like everybody
        assert await alice.verdict("room.unlock") == "done"
        async with in_call(room, guest_page):
            pass
    assert await recorded("room.locked") == [("Alice", str(room.pk))]
    assert await recorded("room.unlocked") == [("Alice", str(room.pk))]


async def test_whoever_is_removed_is_out_everywhere_and_stays_out(room, host_page, bobs_page):
    async with in_call(room, host_page) as alice, in_call(room, bobs_page) as bob, in_chat(bob, bobs_page) as chat:
        await bob.verdict("media.set", source="screen", on=True)
        assert await alice.verdict("participant.remove", participant=bob.you) == "done"
        assert await bob.closed() == 4403
        assert await chat.closed() == 4403
        left = await alice.event("participant.left")
        assert (left["participant"], left["reason"]) == (bob.you, "removed")
        for wish in ({}, {"move": True}, {"resume": bob.connection}):
            async with wire(call_of(room), bobs_page) as again:
                assert (await again.join(**wish))["code"] == "participant.removed"
                assert await again.verdict("hand.raise") == "meeting.not-joined"
        async with wire(chat_of(alice), bobs_page) as again:
            assert await again.verdict("thread.join") == "thread.not-found"
        assert [one["name"] for one in (await state_of(alice))["participants"]] == ["Alice"]
    stay = await sync_to_async(Attendance.objects.get)(participant=bob.you)
    assert stay.left_at is not None
    assert await recorded("participant.removed") == [("Alice", bob.you)]


async def test_a_removed_guest_does_not_come_back_under_another_name(room, host_page, guest_page):
    async with in_call(room, host_page) as alice:
        async with in_call(room, guest_page) as gina:
            await alice.verdict("participant.remove", participant=gina.you)
            assert await gina.closed() == 4403
        renamed = await sync_to_async(guest_page.post)(f"{room.join_path}seat/", {"name": "Somebody Else"})
        assert renamed.status_code == 200
        async with wire(call_of(room), guest_page) as again:
            assert (await again.join())["code"] == "participant.removed"
        assert [one["name"] for one in (await state_of(alice))["participants"]] == ["Alice"]


async def test_whoever_is_away_can_be_removed_too(room, host_page, guest_page):
    async with in_call(room, host_page) as alice:
        async with in_call(room, guest_page) as gina:
            pass
        assert await alice.verdict("participant.remove", participant=gina.you) == "done"
        async with wire(call_of(room), guest_page) as again:
            assert (await again.join())["code"] == "participant.removed"


async def test_a_removal_ends_with_its_meeting(room, host_page, guest_page):
    async with in_call(room, host_page) as alice:
        async with in_call(room, guest_page) as gina:
            await alice.verdict("participant.remove", participant=gina.you)
            assert await gina.closed() == 4403
        await alice.verdict("meeting.end")
    async with in_call(room, host_page), in_call(room, guest_page) as again:
        assert again.you != gina.you


async def test_the_host_cannot_be_removed(room, host_page, bobs_page):
    async with in_call(room, host_page) as alice, in_call(room, bobs_page) as bob:
        assert await alice.verdict("participant.remove", participant=alice.you) == "participant.is-host"
        await sync_to_async(Participant.objects.filter(pk=bob.you).update)(role=Role.COHOST)
        assert await bob.verdict("participant.remove", participant=alice.you) == "participant.is-host"
        assert await bob.verdict("participant.remove", participant=bob.you) == "participant.is-you"
        assert await alice.verdict("participant.remove", participant=bob.you) == "done"


async def test_a_right_that_was_taken_away_is_gone_at_once(room, host_page, bobs_page, guest_page):
    """Asked of the row when the command arrives: an open page keeps no right it had."""
    async with in_call(room, host_page), in_call(room, bobs_page) as bob, in_call(room, guest_page) as gina:
        await sync_to_async(Participant.objects.filter(pk=bob.you).update)(role=Role.COHOST)
        assert await bob.verdict("room.lock") == "done"
        await sync_to_async(Participant.objects.filter(pk=bob.you).update)(role=Role.PARTICIPANT)
        assert await bob.verdict("room.unlock") == "role.insufficient"
        assert await bob.verdict("participant.remove", participant=gina.you) == "role.insufficient"


async def test_ending_the_meeting_ends_it_for_everybody(room, host_page, bobs_page, guest_page):
    async with (
        in_call(room, host_page) as alice,
        in_chat(alice, host_page) as hosts_chat,
        in_call(room, bobs_page) as bob,
        in_call(room, guest_page) as gina,
        in_chat(gina, guest_page) as ginas_chat,
    ):
        assert await alice.verdict("meeting.end") == "done"
        assert (await bob.event("meeting.ended"))["reason"] == "HOST"
        for one in (alice, bob, gina, hosts_chat, ginas_chat):
            assert await one.closed() == 4411
    meeting = await sync_to_async(Meeting.objects.get)()
    assert (meeting.state, meeting.ended_reason) == (MeetingState.ENDED, "HOST")
    assert await recorded("meeting.ended") == [("Alice", str(meeting.pk))]
    assert not await sync_to_async(Connection.objects.exists)()
    assert not await sync_to_async(Attendance.objects.filter(left_at__isnull=True).exists)()
    async with in_call(room, guest_page) as again:
        assert again.snapshot["meeting"]["id"] != str(meeting.pk)
        assert [one["name"] for one in again.snapshot["participants"]] == ["Gina"]


@pytest.mark.parametrize("role", [Role.PARTICIPANT, Role.GUEST])
async def test_whoever_does_not_host_changes_nothing(room, host_page, bobs_page, guest_page, role):
    async with in_call(room, host_page) as alice, in_call(room, bobs_page) as bob, in_call(room, guest_page) as gina:
        forger, victim = (bob, gina) if role == Role.PARTICIPANT else (gina, bob)
        await alice.events()
        before = await state_of(alice)
        for command, fields in (
            ("room.lock", {}),
            ("room.unlock", {}),
            ("meeting.end", {}),
            ("participant.remove", {"participant": alice.you}),
            ("participant.remove", {"participant": victim.you}),
            ("participant.remove", {"participant": forger.you}),
        ):
            assert await forger.verdict(command, **fields) == "role.insufficient"
        assert await alice.events() == []
        assert await state_of(alice) == before
        assert (await row(forger.you)).role == role
    for action in ("room.locked", "room.unlocked", "meeting.ended", "participant.removed"):
        assert await recorded(action) == []


async def test_nobody_becomes_host_by_asking(room, host_page, guest_page, strangers_page):
    async with in_call(room, host_page) as alice:
        for page in (guest_page, strangers_page):
            async with wire(call_of(room), page) as one:
                for forged in (
                    {"role": "HOST"},
                    {"host": True},
                    {"user": "alice@example.org"},
                    {"participant": alice.you},
                ):
                    assert (await one.join(**forged))["code"] == "command.invalid"
                await one.join()
                me = (await state_of(alice))["participants"][-1]
                assert (me["id"], me["role"]) == (one.you, "GUEST" if page is guest_page else "PARTICIPANT")


async def test_a_guest_with_the_hosts_name_is_a_guest(room, host_page, guest_page):
    await sync_to_async(guest_page.post)(f"{room.join_path}seat/", {"name": "Alice"})
    async with in_call(room, host_page) as alice, in_call(room, guest_page) as gina:
        assert await gina.verdict("room.lock") == "role.insufficient"
        roles = {one["id"]: one["role"] for one in (await state_of(alice))["participants"]}
        assert roles == {alice.you: "HOST", gina.you: "GUEST"}


async def test_a_failed_try_for_a_seat_leaves_its_owner_alone(room, host_page, guest_page, strangers_page):
    """Neither a wrong connection, nor a forged seat, nor a second tab moves the person who sits there."""
    async with in_call(room, host_page) as alice, in_call(room, guest_page) as gina, in_chat(gina, guest_page) as chat:
        await alice.events()
        before = person(await state_of(alice), "Gina")
        for page, wish in (
            (guest_page, {}),
            (guest_page, {"resume": alice.connection}),
            (guest_page, {"resume": "\0"}),
            (await sync_to_async(forged_seat)(room, guest_page), {"move": True, "resume": gina.connection}),
        ):
            async with wire(call_of(room), page) as thief:
                assert (await thief.join(**wish))["type"] == "refused"
        assert await alice.events() == []
        assert person(await state_of(alice), "Gina") == before
        assert await gina.verdict("connection.renew", seq=99) == "done"
        assert await chat.verdict("thread.resync") == "done"


def forged_seat(room, of):
    """A browser whose session holds a seat for this room that the server signed for another one."""
    thief = Client()
    other = Room(name="Elsewhere")
    session = thief.session
    give_seat(session, other, "Gina")
    kept = session["seats"].pop(str(other.pk))
    session["seats"] = {str(room.pk): kept}
    session.save()
    thief.cookies["sessionid"] = session.session_key
    return thief


async def test_removed_is_told_apart_from_left(room, host_page, guest_page):
    async with in_call(room, host_page) as alice, in_call(room, guest_page) as gina:
        await alice.verdict("participant.remove", participant=gina.you)
        assert (await row(gina.you)).state == ParticipantState.REMOVED
        assert await gina.closed() == 4403


async def test_who_is_inside_is_told_the_new_link_and_finds_the_way_back(room, alice, host_page, guest_page):
    old = room.code
    async with in_call(room, host_page), in_call(room, guest_page) as gina:
        changed = await sync_to_async(change_link)(room=room, actor=alice)
        told = (await gina.event("room.updated"))["room"]
        assert told["code"] == changed.code
        assert changed.code != old
    async with in_call(changed, guest_page) as back:
        assert back.you == gina.you
