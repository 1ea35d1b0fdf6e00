"""A session that is over takes its sockets along, and no others."""

import pytest
from asgiref.sync import sync_to_async

from accounts import services
from rooms.models import Participant
from rooms.services.rooms import create_room
from tests.conftest import browser_of
from tests.sockets.people import call_of, in_call, in_chat
from tests.wire import wire

pytestmark = pytest.mark.django_db(transaction=True)


async def test_signing_out_closes_the_sockets_of_that_browser_only(room, alice, host_page, bob, bobs_page):
    second_room = await sync_to_async(create_room)(host=alice, name="Second")
    phone = await sync_to_async(browser_of)(bob)
    async with (
        in_call(room, host_page) as host,
        in_call(room, bobs_page) as bobs_call,
        in_chat(bobs_call, bobs_page) as bobs_chat,
        in_call(second_room, phone) as on_the_phone,
    ):
        await sync_to_async(bobs_page.logout)()
        assert await bobs_call.closed() == 4401
        assert await bobs_chat.closed() == 4401
        for one in (host, on_the_phone):
            assert await one.verdict("hand.raise") == "done"
        async with wire(call_of(room), bobs_page) as again:
            assert (await again.join())["code"] == "seat.missing"


@pytest.mark.parametrize("ending", ["everywhere", "deactivated", "deleted", "password"])
async def test_an_account_that_is_over_closes_all_its_sockets(room, alice, host_page, bob, bobs_page, oscar, ending):
    second_room = await sync_to_async(create_room)(host=alice, name="Second")
    phone = await sync_to_async(browser_of)(bob)
    async with (
        in_call(room, host_page) as host,
        in_call(room, bobs_page) as bobs_call,
        in_chat(bobs_call, bobs_page) as bobs_chat,
        in_call(second_room, phone) as on_the_phone,
    ):
        end = {
            "everywhere": lambda: services.sign_out_everywhere(user=bob),
            "deactivated": lambda: services.deactivate(user=bob, actor=oscar),
            "deleted": lambda: services.delete_account(user=bob),
            "password": lambda: services.change_password(user=bob, password="another horse battery"),
        }[ending]
        await sync_to_async(end)()
        for one in (bobs_call, bobs_chat, on_the_phone):
            assert await one.closed() == 4401
        assert await host.verdict("hand.raise") == "done"
        for page in (bobs_page, phone):
            async with wire(call_of(room), page) as again:
                assert (await again.join())["code"] == "seat.missing"


async def test_a_deleted_host_ends_what_they_host(room, alice, host_page, guest_page):
    async with in_call(room, host_page) as host, in_call(room, guest_page) as gina:
        await sync_to_async(services.delete_account)(user=alice)
        assert await gina.closed() == 4411
        assert await host.closed() in {4401, 4411}
        async with wire(call_of(room), guest_page) as again:
            assert (await again.join())["code"] == "room.not-found"


async def test_signing_out_before_joining_leaves_a_stranger(room, bobs_page):
    """The session is asked when somebody joins, not when the socket opens."""
    async with wire(call_of(room), bobs_page) as bob:
        await sync_to_async(bobs_page.logout)()
        assert (await bob.join())["code"] == "seat.missing"
    assert not await sync_to_async(Participant.objects.exists)()


async def test_the_seat_of_who_signed_out_waits_for_them(room, host_page, bob, bobs_page):
    async with in_call(room, host_page) as host:
        async with in_call(room, bobs_page) as bobs_call:
            await sync_to_async(bobs_page.logout)()
            assert await bobs_call.closed() == 4401
        await host.event("participant.dropped", participant=bobs_call.you)
        async with in_call(room, await sync_to_async(browser_of)(bob)) as again:
            assert again.you == bobs_call.you


async def test_nobody_elses_sign_out_closes_a_guests_socket(room, host_page, bobs_page, guest_page):
    async with in_call(room, host_page), in_call(room, guest_page) as gina:
        await sync_to_async(bobs_page.logout)()
        await sync_to_async(bobs_page.logout)()  # twice is once
        assert await gina.verdict("hand.raise") == "done"
