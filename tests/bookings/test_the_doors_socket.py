"""The page at the door hears that something changed, and nothing of what it is."""

import pytest
from asgiref.sync import sync_to_async

from bookings.services.bookings import cancel
from bookings.services.presence import check_in, end_now
from bookings.services.upkeep import release_absent
from bookings.spaces.models import Space
from rooms.codes import new_code
from rooms.lookups import MISSES
from tests.bookings.places import booked, happened, new_space, soon
from tests.wire import wire

pytestmark = pytest.mark.django_db(transaction=True)


def socket_of(space) -> str:
    return f"/ws/doors/{space.door_key}/"


@pytest.fixture
def review(bob, blue):
    return booked(bob, blue, starts=soon())


@sync_to_async
def change_link():
    Space.objects.update(door_key=new_code())


async def test_it_hears_every_change_of_its_space(bob, blue):
    async with wire(socket_of(blue)) as door:
        assert (await door.ask("door.listen"))["renewal"] > 0
        booking = await sync_to_async(booked)(bob, blue, starts=soon())
        assert await door.event("space.changed") == {"type": "space.changed"}
        for verb in (check_in, end_now):
            await sync_to_async(verb)(booking=booking, actor=bob)
            await door.event("space.changed")


async def test_it_hears_that_nobody_came(blue, review):
    await sync_to_async(happened)(review, minutes=11)
    async with wire(socket_of(blue)) as door:
        await door.ask("door.listen")
        assert await sync_to_async(release_absent)() == 1
        await door.event("space.changed")


async def test_it_hears_nothing_of_other_spaces_and_before_it_listens(bob, blue, acme):
    other = await sync_to_async(new_space)(acme, "Other")
    async with wire(socket_of(blue)) as silent, wire(socket_of(other)) as elsewhere, wire(socket_of(blue)) as door:
        await elsewhere.ask("door.listen")
        await door.ask("door.listen")
        booking = await sync_to_async(booked)(bob, blue, starts=soon())
        await sync_to_async(cancel)(booking=booking, actor=bob)
        await door.event("space.changed")
        assert await silent.verdict("connection.renew") == "meeting.not-joined"
        assert await elsewhere.verdict("connection.renew") == "done"
        for one in (silent, elsewhere):
            await one.nothing_but()


@pytest.mark.parametrize("key", ["x", "aaaa-aaaaa-aaaaa", "%00"])
async def test_another_key_opens_nothing(blue, key):
    async with wire(f"/ws/doors/{key}/") as door:
        assert await door.verdict("door.listen") == "door.not-found"
        assert await door.closed() == 4416


async def test_a_link_that_was_changed_is_heard_of_with_the_next_renewal(blue):
    async with wire(socket_of(blue)) as door:
        await door.ask("door.listen")
        assert await door.verdict("connection.renew") == "done"
        await change_link()
        assert await door.verdict("connection.renew") == "door.not-found"
        assert await door.closed() == 4416


async def test_it_listens_once(blue):
    async with wire(socket_of(blue)) as door:
        await door.ask("door.listen")
        assert await door.verdict("door.listen") == "door.already-listening"


async def test_guessing_is_slow_here_too(blue):
    for _ in range(MISSES):
        async with wire(f"/ws/doors/{new_code()}/") as door:
            await door.verdict("door.listen")
    async with wire(socket_of(blue)) as door:
        assert await door.verdict("door.listen") == "rate.exceeded"


@pytest.mark.parametrize("command", ["meeting.join", "thread.join", "hand.raise", "booking.cancel"])
async def test_it_takes_no_other_commands(blue, command):
    async with wire(socket_of(blue)) as door:
        await door.ask("door.listen")
        assert await door.verdict(command) == "command.unknown"
