import asyncio

import pytest

from tests.client import meeting

pytestmark = pytest.mark.django_db(transaction=True)

GONE_WITHIN = 35.0  # seconds


async def test_people_come_back_to_their_seats_and_who_does_not_is_gone(start_server, host, guest):
    server = start_server()
    before = [host(server), guest(server, "Gina"), guest(server, "Gus")]
    async with meeting(*before):
        await asyncio.to_thread(server.kill)
        deadline = asyncio.get_running_loop().time() + GONE_WITHIN
        for person in before:
            assert await person.closed() == 1006
    await asyncio.to_thread(server.start)
    back = [host(server), guest(server, "Gina")]
    try:
        for now, then in zip(back, before, strict=False):
            await now.connect()
            answer = await now.join(resume=then.connection)
            assert answer["type"] == "done", answer
            assert now.you == then.you
            await now.keep_renewing()
        people = [person["id"] for person in back[1].snapshot["participants"]]
        assert sorted(people) == sorted(person.you for person in before), "somebody is there twice, or lost"
        async with asyncio.timeout_at(deadline):
            await back[0].event("participant.left", participant=before[2].you)
        answer = await back[1].ask("meeting.resync")
        assert {person["id"] for person in answer["snapshot"]["participants"]} == {before[0].you, before[1].you}
    finally:
        for person in back:
            await person.disconnect()
