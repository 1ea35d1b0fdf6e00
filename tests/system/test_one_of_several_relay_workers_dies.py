"""Meetings are spread over the relay's workers, and a worker that dies takes only its own along."""

import asyncio
import os
import signal
from pathlib import Path
from uuid import UUID

import pytest
from django.utils import timezone

from rooms.models import Engine, Meeting, Room
from rooms.services.rooms import create_room
from signaling.relays import worker_of
from tests.client import Client, meeting
from tests.conftest import browser_of, guest_browser
from tests.relay.peers import Person, Socket, until
from tests.server import Server
from tests.services import eventually

pytestmark = pytest.mark.django_db(transaction=True)
BACK_WITHIN = 10.0  # seconds


@pytest.fixture
def rooms(settings, alice) -> list[Room]:
    """With a meeting on the first worker, and one on the second."""
    settings.RELAY_WORKERS = 2
    made = [create_room(host=alice, name=f"Room {number}") for number in range(2)]
    for number, room in enumerate(made):
        name = next(name for name in (UUID(int=one) for one in range(1, 100)) if worker_of(name) == number)
        Meeting.objects.create(id=name, room=room, engine=Engine.RELAY, started_at=timezone.now())
    return made


@pytest.fixture
def pages(rooms, alice):
    return [(f"/ws/rooms/{room.code}/", browser_of(alice), guest_browser(room)) for room in rooms]


class Call:
    """Alice speaks and Gina listens."""

    def __init__(self, server: Server, path: str, alice, gina) -> None:
        self.alice, self.gina = Client(server.url, path, alice), Client(server.url, path, gina)
        self.heard: list[int] = []
        self._talk: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        speaker, listener = Person(None, "alice"), Person(None, "gina")
        for page in (self.alice, self.gina):
            await entered(page)
        speaker.mids = {"0": "microphone"}
        answer = await self.alice.ask("relay.publish", sdp=speaker.description("microphone"), mids=speaker.mids)
        await speaker.up.connect(answer["sdp"])
        offer = await self.gina.event("relay.offer")
        agreed = {"fingerprint": listener.down.fingerprint, "ufrag": listener.down.ufrag}
        assert await self.gina.verdict("relay.accept", version=offer["version"], **agreed) == "done"
        await listener.down.connect(offer["sdp"])
        self.heard.clear()
        self._talk = asyncio.create_task(self._talking(speaker, listener))
        await until(lambda: self.heard)

    async def _talking(self, speaker: Person, listener: Person) -> None:
        try:
            while True:
                speaker.speak()
                self.heard += [packet.sequence for packet in listener.down.rtp]
                listener.down.rtp.clear()
                await asyncio.sleep(0.02)
        finally:
            await asyncio.shield(speaker.close())
            await asyncio.shield(listener.close())

    async def hang_up(self) -> None:
        if self._talk:
            self._talk.cancel()
            await asyncio.wait([self._talk])


async def entered(page: Client) -> None:
    while (verdict := await page.verdict("relay.enter")) == "relay.unavailable":
        await asyncio.sleep(0.1)
    assert verdict == "done"


def worker(server: Server, number: int) -> int:
    """The process."""
    named = [
        pid for pid in server.relay_workers() if f"worker-{number}.sock" in Path(f"/proc/{pid}/cmdline").read_text()
    ]
    assert len(named) == 1
    return named[0]


async def test_only_its_own_meetings_notice_and_are_back_before_long(start_server, pages):
    server = await asyncio.to_thread(start_server, RELAY_WORKERS="2", RELAY_ADDRESSES="127.0.0.1")
    await asyncio.to_thread(eventually, lambda: len(server.relay_workers()) == 2, "no two workers were started")
    mine, other = (Call(server, *each) for each in pages)
    async with meeting(mine.alice, mine.gina, other.alice, other.gina):
        try:
            for page in (mine.alice, other.alice):
                await page.ask("media.set", source="microphone", on=True)
            await mine.connect()
            await other.connect()
            for page in (other.alice, other.gina):
                await page.events()

            os.kill(worker(server, 0), signal.SIGKILL)

            async with asyncio.timeout(BACK_WITHIN):
                for page in (mine.alice, mine.gina):
                    await page.event("relay.reset")
                before = len(other.heard)
                await mine.hang_up()
                await mine.connect()
            await until(lambda: len(other.heard) > before + 10)
            assert other.heard == [*range(other.heard[0], other.heard[-1] + 1)], "the other call was disturbed"
            for page in (other.alice, other.gina):
                assert [one for one in await page.events() if one["type"] in {"relay.reset", "relay.link"}] == []
        finally:
            await mine.hang_up()
            await other.hang_up()
            await Socket.close_all()
