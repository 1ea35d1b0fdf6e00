"""The hosts have left: the room's rule says whether the meeting goes on."""

from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from rooms.models import HOSTLESS_FOR, Meeting, RoomSettings
from rooms.services.rooms import change_room
from signaling.services.presence import sweep
from tests.sockets.people import in_call, state_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def strict_room(room):
    room.settings.without_host = "END"
    room.settings.save()
    return room


@sync_to_async
def let_time_pass(length):
    """And the next look after it."""
    for meeting in Meeting.objects.filter(hostless_since__isnull=False):
        Meeting.objects.filter(pk=meeting.pk).update(hostless_since=meeting.hostless_since - length)
    sweep()


@sync_to_async
def meeting():
    return Meeting.objects.get()


async def test_it_goes_on_unless_the_room_says_otherwise(room, host_page, guest_page):
    async with in_call(room, guest_page) as gina:
        async with in_call(room, host_page) as alice:
            await alice.ask("meeting.leave")
        assert (await state_of(gina))["meeting"]["ends_at"] is None
        await let_time_pass(HOSTLESS_FOR)
        assert await gina.verdict("hand.raise") == "done"


async def test_it_ends_two_minutes_after_the_last_host(strict_room, host_page, guest_page):
    async with in_call(strict_room, guest_page) as gina:
        async with in_call(strict_room, host_page) as alice:
            await alice.ask("meeting.leave")
        assert (await gina.event("meeting.updated"))["meeting"]["ends_at"] is not None
        await let_time_pass(HOSTLESS_FOR - timedelta(seconds=10))
        assert await gina.verdict("hand.raise") == "done"
        left = (await meeting()).hostless_since
        await let_time_pass(timedelta(seconds=11))
        assert (await gina.event("meeting.ended"))["reason"] == "NO_HOST"
        assert await gina.closed() == 4411
    ended = (await meeting()).ended_at
    assert ended <= timezone.now() and ended == left - timedelta(seconds=11) + HOSTLESS_FOR


async def test_a_host_who_comes_back_stops_the_clock(strict_room, host_page, guest_page):
    async with in_call(strict_room, guest_page) as gina:
        async with in_call(strict_room, host_page) as alice:
            await alice.ask("meeting.leave")
        async with in_call(strict_room, host_page):
            assert (await gina.event("meeting.updated"))["meeting"]["ends_at"] is not None
            assert (await gina.event("meeting.updated"))["meeting"]["ends_at"] is None
            await let_time_pass(HOSTLESS_FOR)
            assert await gina.verdict("hand.raise") == "done"


async def test_co_hosts_carry_on(strict_room, host_page, bobs_page):
    async with in_call(strict_room, bobs_page) as bob:
        async with in_call(strict_room, host_page) as alice:
            await alice.ask("cohost.make", participant=bob.you)
            await alice.ask("meeting.leave")
        assert (await state_of(bob))["meeting"]["ends_at"] is None
        assert await bob.verdict("room.lock") == "done"


async def test_a_host_who_only_dropped_has_not_left(strict_room, host_page, guest_page):
    async with in_call(strict_room, guest_page) as gina:
        async with in_call(strict_room, host_page):
            pass
        await gina.event("participant.dropped")
        assert (await state_of(gina))["meeting"]["ends_at"] is None


async def test_before_a_host_has_come_nothing_ends(strict_room, alice, bobs_page, guest_page):
    async with in_call(strict_room, guest_page) as gina:
        async with in_call(strict_room, bobs_page) as bob:
            await bob.ask("meeting.leave")
        await sync_to_async(change_room)(room=strict_room, actor=alice, settings={"allow_chat": False})
        assert (await state_of(gina))["meeting"]["ends_at"] is None


async def test_the_rule_holds_from_the_moment_it_is_set(room, alice, host_page, guest_page):
    async with in_call(room, guest_page) as gina:
        async with in_call(room, host_page) as host:
            await host.ask("meeting.leave")
        await sync_to_async(change_room)(room=room, actor=alice, settings={"without_host": "END"})
        assert (await gina.event("meeting.updated"))["meeting"]["ends_at"] is not None
        await sync_to_async(change_room)(room=room, actor=alice, settings={"without_host": "CONTINUE"})
        assert (await gina.event("meeting.updated"))["meeting"]["ends_at"] is None
    assert (await RoomSettings.objects.aget(room=room)).without_host == "CONTINUE"
