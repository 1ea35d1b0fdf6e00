"""What is meant for one person reaches that person, however it is sent."""

import pytest
from asgiref.sync import sync_to_async

from realtime import topics
from realtime.broadcast import broadcast, close_sockets
from realtime.refusals import Close
from tests.sockets.people import in_call

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("soon", [False, True])
async def test_nobody_else_hears_it(room, host_page, guest_page, soon):
    async with in_call(room, host_page) as alice, in_call(room, guest_page) as gina:
        await alice.events()
        topic, only = topics.meeting(gina.snapshot["meeting"]["id"]), {"participant": gina.you}
        await sync_to_async(broadcast)(topic, {"type": "whisper"}, to=only, soon=soon)
        assert await gina.event("whisper") == {"type": "whisper"}
        assert await alice.events() == []


async def test_nobody_elses_socket_is_closed(room, host_page, guest_page):
    async with in_call(room, host_page) as alice, in_call(room, guest_page) as gina:
        topic = topics.meeting(gina.snapshot["meeting"]["id"])
        await sync_to_async(close_sockets)(topic, Close.LEFT, to={"participant": gina.you})
        assert await gina.closed() == 4410
        assert await alice.verdict("hand.raise") == "done"
