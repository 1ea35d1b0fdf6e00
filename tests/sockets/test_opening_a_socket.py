"""Who may open a socket at all, and how long it may say nothing."""

from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async

from realtime import consumers
from rooms.models import Participant
from tests.sockets.people import call_of, in_call
from tests.wire import ORIGIN, Wire, wire

pytestmark = pytest.mark.django_db(transaction=True)

PUBLIC = "https://meet.example.org"
CHAT = f"/ws/chat/{uuid4()}/"
FOREIGN = {
    "of another site": "https://evil.example",
    "missing": None,
    "empty": "",
    "null": "null",
    "of another port": "http://localhost:8080",
    "with our name in front": "http://localhost.evil.example",
    "with our name behind": "http://evil-localhost",
    "with our name as the user": "http://localhost@evil.example",
    "of a file": "file://",
    "not an address": "http://[",
    "not an address either": "http://localhost:port",
    "two at once": "http://localhost, http://evil.example",
}


@pytest.mark.parametrize("origin", FOREIGN.values(), ids=FOREIGN)
async def test_a_page_of_another_origin_opens_no_socket(room, guest_page, origin):
    for path in (call_of(room), CHAT):
        assert not await Wire(path, guest_page, origin=origin).connect()


async def test_a_foreign_host_name_does_not_make_its_origin_ours(room, guest_page):
    """DNS rebinding: origin and host agree, but the name is none of ours."""
    one = Wire(call_of(room), guest_page, origin="http://evil.example", host="evil.example")
    assert not await one.connect()


async def test_our_own_and_the_public_origin_open_sockets(room, guest_page, settings):
    settings.CSRF_TRUSTED_ORIGINS = [PUBLIC]
    for origin in (ORIGIN, PUBLIC):
        for path in (call_of(room), CHAT):
            one = Wire(path, guest_page, origin=origin)
            assert await one.connect()
            await one.disconnect()
    assert not await Wire(call_of(room), guest_page, origin="http://meet.example.org").connect()


@pytest.mark.parametrize("path", ["/ws/", "/ws/rooms/", "/ws/chat/not-an-id/", "/ws/me/x", "/"])
async def test_there_are_no_other_sockets(guest_page, path):
    assert not await Wire(path, guest_page).connect()


@pytest.mark.parametrize("path", ["call", "chat"])
async def test_who_never_joins_is_hung_up_on(room, guest_page, path, monkeypatch):
    monkeypatch.setattr(consumers, "SILENCE_BEFORE_JOIN", 0.01)
    async with wire(call_of(room) if path == "call" else CHAT, guest_page) as gina:
        assert await gina.closed() == 4408


async def test_who_has_joined_may_be_silent_for_longer(room, host_page, guest_page, monkeypatch):
    async with in_call(room, host_page) as alice, in_call(room, guest_page) as gina:
        monkeypatch.setattr(consumers, "SILENCE_BEFORE_JOIN", 0.01)
        async with wire(call_of(room)) as stranger:
            assert await stranger.closed() == 4408
        assert await gina.verdict("hand.raise") == "done"
        monkeypatch.setattr(consumers, "SILENCE", 0.01)
        assert await gina.verdict("hand.lower") == "done"  # from here on the new patience counts
        assert await gina.closed() == 4408
        await gina.disconnect()
        monkeypatch.undo()
        await alice.event("participant.dropped", participant=gina.you)
        assert await sync_to_async(Participant.objects.admitted().filter(pk=gina.you).exists)()


async def test_a_room_that_does_not_exist_is_told_only_in_the_answer(db, guest_page):
    """A socket opens for any code; what is behind it is said to who asks, and counted."""
    async with wire("/ws/rooms/aaaa-aaaaa-aaaaa/", guest_page) as gina:
        assert (await gina.join())["code"] == "room.not-found"
        for command in ("meeting.resync", "hand.raise", "meeting.end"):
            assert await gina.verdict(command) == "meeting.not-joined"


async def test_guessing_codes_on_sockets_is_slow(room, guest_page):
    for _ in range(20):
        async with wire("/ws/rooms/aaaa-aaaaa-aaaaa/", guest_page) as guessing:
            assert (await guessing.join())["code"] == "room.not-found"
    async with wire(call_of(room), guest_page) as gina:
        assert (await gina.join())["code"] == "rate.exceeded"
