from uuid import uuid4

import pytest

from realtime.refusals import Close
from tests.client import meeting

pytestmark = pytest.mark.django_db(transaction=True)


async def test_everybody_is_told_wherever_they_are(two_servers, host, guest):
    here, there = two_servers
    alice, gina, gus = host(here), guest(here, "Gina"), guest(there, "Gus")
    async with meeting(alice, gina, gus):
        assert [person["name"] for person in gus.snapshot["participants"]] == ["Alice", "Gina", "Gus"]
        assert (await gus.ask("hand.raise"))["type"] == "done"
        for person in (alice, gina):
            await person.event("hand.raised", participant=gus.you)
        await passes(alice, gus, "offer")
        await passes(gus, alice, "answer")
        assert (await alice.ask("participant.remove", participant=gus.you))["type"] == "done"
        assert await gus.closed() == Close.REMOVED
        await gina.event("participant.left", participant=gus.you)


async def test_the_end_reaches_both(two_servers, host, guest):
    here, there = two_servers
    alice, gus = host(here), guest(there, "Gus")
    async with meeting(alice, gus):
        assert (await alice.ask("meeting.end"))["type"] == "done"
        assert await gus.closed() == Close.MEETING_ENDED


async def test_a_seat_moves_from_one_to_the_other(two_servers, host, guest):
    here, there = two_servers
    async with meeting(host(here)):
        before, after = guest(here, "Gina"), guest(there, "Gina")
        async with meeting(before):
            await after.connect()
            assert await after.verdict("meeting.join", microphone=False, camera=False) == "seat.elsewhere"
            await after.join(move=True)
            assert await before.closed() == Close.MOVED
            assert after.you == before.you
            await after.disconnect()


async def passes(sender, receiver, kind: str) -> None:
    session = str(uuid4())
    answer = await sender.ask(kind, to=receiver.you, session=session, sdp="v=0")
    assert answer["type"] == "done", answer
    told = await receiver.event(kind, session=session)
    assert told["from"] == sender.you
