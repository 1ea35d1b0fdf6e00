"""The host's role is a row and one person's at a time: handed over, taken back, never lost by accident."""

import pytest
from asgiref.sync import sync_to_async

from audit.models import AuditEntry
from rooms.models import Participant
from tests.sockets.people import call_of, in_call, person, state_of
from tests.wire import wire

pytestmark = pytest.mark.django_db(transaction=True)


async def roles(call):
    return {one["name"]: one["role"] for one in (await state_of(call))["participants"]}


async def test_who_is_handed_the_role_is_the_host_and_the_one_before_a_co_host(room, host_page, bobs_page):
    async with in_call(room, host_page) as alice, in_call(room, bobs_page) as bob:
        assert await alice.verdict("host.hand-over", participant=bob.you) == "done"
        assert await roles(bob) == {"Alice": "COHOST", "Bob": "HOST"}
        assert await alice.verdict("host.hand-over", participant=bob.you) == "role.insufficient"
        assert await alice.verdict("room.lock") == "done"
    entries = AuditEntry.objects.filter(action="participant.role-changed").order_by("at")
    assert [one async for one in entries.values_list("changes", flat=True)] == [{"role": "COHOST"}, {"role": "HOST"}]


async def test_the_role_stays_where_it_is_over_reloads_and_a_new_name(room, bob, host_page, bobs_page, guest_page):
    async with in_call(room, guest_page) as gina:
        async with in_call(room, host_page) as alice, in_call(room, bobs_page) as there:
            await alice.ask("host.hand-over", participant=there.you)
        bob.display_name = "Robert"
        await bob.asave()
        async with in_call(room, host_page) as alice, in_call(room, bobs_page):
            assert await roles(alice) == {"Alice": "COHOST", "Robert": "HOST", "Gina": "GUEST"}
            await alice.ask("meeting.leave")
        async with in_call(room, host_page):
            assert (await roles(gina))["Robert"] == "HOST"


async def test_the_owner_of_the_room_takes_the_role_back_also_from_who_has_left(room, host_page, bobs_page):
    async with in_call(room, host_page) as alice:
        async with in_call(room, bobs_page) as bob:
            await alice.ask("host.hand-over", participant=bob.you)
            await bob.ask("meeting.leave")
        assert await alice.verdict("host.take") == "done"
        assert await alice.verdict("host.take") == "done"
        assert await roles(alice) == {"Alice": "HOST"}
        async with in_call(room, bobs_page):
            assert await roles(alice) == {"Alice": "HOST", "Bob": "COHOST"}


async def test_whoever_else_tries_to_take_it_changes_nothing(room, host_page, bobs_page, guest_page):
    async with (
        in_call(room, host_page) as alice,
        in_call(room, bobs_page) as bob,
        in_call(room, guest_page) as gina,
    ):
        await alice.ask("cohost.make", participant=bob.you)
        before = await roles(alice)
        for one in (bob, gina):
            assert await one.verdict("host.take") == "role.insufficient"
            assert await one.verdict("host.hand-over", participant=one.you) == "role.insufficient"
        assert await roles(alice) == before
        assert await alice.verdict("meeting.end") == "done"


async def test_a_guest_cannot_be_the_host_nor_oneself_once_more(room, host_page, guest_page):
    async with in_call(room, host_page) as alice, in_call(room, guest_page) as gina:
        assert await alice.verdict("host.hand-over", participant=gina.you) == "participant.is-guest"
        assert await alice.verdict("host.hand-over", participant=alice.you) == "participant.is-host"
        assert (await roles(gina))["Alice"] == "HOST"


async def test_nothing_is_taken_from_the_owner_of_the_room(room, host_page, bobs_page):
    """Who was handed the role may do what hosts do, but not put out whose room it is."""
    async with in_call(room, host_page) as alice, in_call(room, bobs_page) as bob:
        await alice.ask("host.hand-over", participant=bob.you)
        for command in ("participant.remove", "cohost.revoke", "participant.send-back"):
            assert await bob.verdict(command, participant=alice.you) == "participant.is-host"
        assert await roles(bob) == {"Alice": "COHOST", "Bob": "HOST"}


async def test_the_page_is_told_whose_room_it_is(room, host_page, bobs_page):
    async with wire(call_of(room), host_page) as alice, wire(call_of(room), bobs_page) as bob:
        assert (await alice.join())["owner"] is True
        assert (await bob.join())["owner"] is False


async def test_an_owner_who_comes_later_finds_the_role_given(room, host_page, bobs_page):
    """As after a hand-over to somebody who stayed, in a meeting that the owner never entered by this account."""
    async with in_call(room, bobs_page) as there:
        await sync_to_async(Participant.objects.filter(pk=there.you).update)(role="HOST")
        async with in_call(room, host_page) as owner:
            assert person(owner.snapshot, "Alice")["role"] == "COHOST"
