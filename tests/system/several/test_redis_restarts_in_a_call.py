import asyncio
import contextlib

import pytest

from tests import services
from tests.client import meeting

pytestmark = pytest.mark.django_db(transaction=True)

HEALED_WITHIN = 40.0  # seconds


async def test_what_was_missed_is_told_by_a_snapshot_and_events_go_on(start_server, host, guest):
    port = services.free_port()
    address = f"redis://127.0.0.1:{port}/0"
    with contextlib.ExitStack() as first:
        first.enter_context(services.redis(port))
        servers = [start_server(REDIS_URL=address), start_server(REDIS_URL=address)]
        alice, gina = host(servers[0]), guest(servers[1], "Gina")
        async with meeting(alice, gina):
            await gina.keep_renewing(seq=gina.snapshot["seq"])
            await asyncio.to_thread(first.close)
            assert (await alice.ask("hand.raise"))["type"] == "done"
            with contextlib.ExitStack() as second:
                await asyncio.to_thread(second.enter_context, services.redis(port))
                async with asyncio.timeout(HEALED_WITHIN):
                    await gina.event("snapshot.stale")
                    state = (await gina.ask("meeting.resync"))["snapshot"]
                assert next(one["hand"] for one in state["participants"] if one["id"] == alice.you)
                async with asyncio.timeout(HEALED_WITHIN):
                    await told_again(alice, gina)


async def told_again(sender, receiver) -> None:
    """A server finds its way back to Redis by itself, and then events cross it."""
    hearing = asyncio.create_task(receiver.event("reaction.sent"))
    while not hearing.done():
        await sender.ask("reaction.send", emoji="👍")
        await asyncio.wait({hearing}, timeout=1.5)
    assert hearing.result()["participant"] == sender.you
