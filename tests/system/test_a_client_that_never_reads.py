import asyncio
import time
from contextlib import closing
from uuid import uuid4

import pytest

from realtime.envelope import write
from tests.client import Client, deaf, meeting

pytestmark = pytest.mark.django_db(transaction=True)

SENDERS, OFFERS, SDP = 10, 140, "v" * 60_000  # 84 MB for one who takes nothing
MAY_GROW = 40 * 1024 * 1024
PROMPT = 5.0  # seconds, on a machine that is busy with the flood


async def flood(person: Client, victim: str) -> None:
    for number in range(OFFERS):
        offer = {"type": "offer", "id": number, "to": victim, "session": str(uuid4()), "sdp": SDP}
        await person.send_text(write(offer))
    await person.answer(OFFERS - 1)


async def joined(watcher: Client, name: str) -> str:
    while True:
        one = (await watcher.event("participant.joined"))["participant"]
        if one["name"] == name:
            return str(one["id"])


async def raise_and_lower(watcher: Client) -> float:
    """The seconds until both were done and heard."""
    started = time.monotonic()
    assert (await watcher.ask("hand.raise"))["type"] == "done"
    await watcher.event("hand.raised")
    await watcher.ask("hand.lower")
    await watcher.event("hand.lowered")
    return time.monotonic() - started


async def test_memory_stays_flat_and_the_others_hear_everything(start_server, path, crowd):
    server = start_server()
    browsers = await crowd(SENDERS + 3)
    watcher, witness, *senders = others = [Client(server.url, path, browser) for browser in browsers[1:]]
    async with meeting(*others):
        for person in others:
            await person.keep_renewing()
        with closing(await asyncio.to_thread(deaf, server.url, path, browsers[0])):
            victim = await joined(watcher, "Guest 0")
            dropped = asyncio.create_task(witness.event("participant.dropped"))
            before = server.resident()
            flooding = [asyncio.create_task(flood(person, victim)) for person in senders]
            waits, most = [], before
            for _ in range(10):
                waits.append(await raise_and_lower(watcher))
                most = max(most, server.resident())
            await asyncio.gather(*flooding)
            most = max(most, server.resident())
            assert (await dropped)["participant"] == victim
    assert max(waits) < PROMPT, waits
    assert most - before < MAY_GROW, f"grew by {(most - before) / 2**20:.0f} MiB"
