import pytest
from asgiref.sync import sync_to_async

from tests.conftest import browser_of, guest_browser
from tests.wire import wire

pytestmark = pytest.mark.django_db(transaction=True)


async def test_two_people_meet(room, alice):
    host, guest = await sync_to_async(browser_of)(alice), await sync_to_async(guest_browser)(room)
    async with wire(f"/ws/rooms/{room.code}/", host) as a, wire(f"/ws/rooms/{room.code}/", guest) as g:
        answer = await a.join(microphone=True)
        assert answer["type"] == "done", answer
        assert [p["name"] for p in a.snapshot["participants"]] == ["Alice"]
        await g.join()
        assert [p["name"] for p in g.snapshot["participants"]] == ["Alice", "Gina"]
        joined = await a.event("participant.joined")
        while joined["participant"]["name"] != "Gina":
            joined = await a.event("participant.joined")
        assert (await g.ask("hand.raise"))["type"] == "done"
        assert (await a.event("hand.raised"))["participant"] == g.you
