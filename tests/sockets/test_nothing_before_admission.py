"""Whoever is not in the meeting hears nothing of it, on sockets, pages and the door."""

import json
from contextlib import AsyncExitStack
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from rooms.models import Room, RoomSettings
from rooms.services.rooms import close_room
from tests.conftest import browser_of, guest_browser
from tests.sockets.people import call_of, chat_of, in_call, in_chat
from tests.wire import wire

pytestmark = pytest.mark.django_db(transaction=True)


@sync_to_async
def look(client, room, path=""):
    return client.get(f"{room.join_path}{path}")


@sync_to_async
def change(room, **fields):
    Room.objects.filter(pk=room.pk).update(**{k: v for k, v in fields.items() if k == "is_locked"})
    RoomSettings.objects.filter(room=room).update(**{k: v for k, v in fields.items() if k != "is_locked"})


async def test_a_socket_that_has_not_joined_hears_no_event(room, host_page, guest_page, strangers_page):
    async with (
        in_call(room, host_page) as alice,
        in_chat(alice, host_page) as chat,
        wire(call_of(room), guest_page) as in_lobby,
        wire(call_of(room)) as nobody,
        wire(chat_of(alice), strangers_page) as at_the_chat,
    ):
        assert (await nobody.join())["code"] == "seat.missing"
        assert await at_the_chat.verdict("thread.join") == "thread.not-found"
        for command, fields in (
            ("hand.raise", {}),
            ("media.set", {"source": "screen", "on": True}),
            ("reaction.send", {"emoji": "👍"}),
            ("room.lock", {}),
        ):
            assert await alice.verdict(command, **fields) == "done"
        await chat.ask("message.send", client_id=str(uuid4()), content="between us")
        async with in_call(room, host_page, move=True) as again:
            await again.verdict("hand.lower")
        await chat.event("message.posted")
        for outside in (in_lobby, nobody, at_the_chat):
            command = "thread.resync" if outside is at_the_chat else "meeting.resync"
            assert await outside.verdict(command) == "meeting.not-joined"
            assert [line for line in outside.transcript if '"refused"' not in line and line[0] == "←"] == []


async def test_a_refused_join_says_nothing_but_why(room, host_page, guest_page):
    async with in_call(room, host_page) as alice:
        await alice.ask("room.lock")
        async with wire(call_of(room), guest_page) as gina:
            answer = await gina.join()
            assert answer == {
                "type": "refused",
                "id": 1,
                "code": "room.locked",
                "text": "The host has locked this room.",
            }
            await alice.ask("hand.raise")
            await alice.events()
            assert await gina.verdict("hand.raise") == "meeting.not-joined"
            await gina.nothing_but()


async def test_page_and_door_give_nothing_of_the_meeting_away(room, host_page, guest_page, settings):
    settings.TURN_URLS, settings.TURN_SECRET = ["turn:turn.example.org"], "a secret of coturn's"
    async with in_call(room, host_page) as alice, in_chat(alice, host_page) as chat:
        await chat.ask("message.send", client_id=str(uuid4()), content="between us")
        secrets = [
            alice.you,
            alice.connection,
            alice.snapshot["meeting"]["id"],
            str(room.pk),
            "turn:",
            "between us",
            "alice@example.org",
        ]
        for locked in (False, True):
            await change(room, is_locked=locked)
            for path in ("", "door/"):
                text = (await look(guest_page, room, path)).content.decode()
                assert [secret for secret in secrets if secret in text] == []


async def test_the_door_shows_who_is_inside_only_where_the_host_wants_it(room, host_page, guest_page):
    async with in_call(room, host_page):
        assert (await look(guest_page, room, "door/")).json() == {
            "refused": None,
            "people": {"count": 1, "names": ["Alice"]},
        }
        assert b'id="people-at-first"' in (await look(guest_page, room)).content
        await change(room, show_participants_before_join=False)
        assert (await look(guest_page, room, "door/")).json() == {"refused": None, "people": None}
        page = (await look(guest_page, room)).content.decode()
        assert "people-at-first" not in page


async def test_the_door_hides_who_is_inside_from_those_it_turns_away(room, host_page, guest_page):
    async with in_call(room, host_page):
        await change(room, is_locked=True)
        for page in (guest_page, Client()):  # with a seat, and before a name was typed
            assert (await look(page, room, "door/")).json() == {"refused": "room.locked", "people": None}
            answer = await look(page, room)
            assert answer.status_code == 403
            assert "Alice" not in answer.content.decode()


async def test_more_than_eight_people_are_counted_not_named(room, host_page, guest_page):
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(in_call(room, host_page))
        for number in range(9):
            page = await sync_to_async(guest_browser)(room, f"Guest {number}")
            await stack.enter_async_context(in_call(room, page))
        people = (await look(guest_page, room, "door/")).json()["people"]
        assert people["count"] == 10
        assert len(people["names"]) == 8


TURNED_AWAY = {
    "room.locked": "The meeting is locked",
    "room.full": "The meeting is full",
    "room.sign-in-needed": "Sign in to join",
    "room.not-now": "The room is not open now",
    "room.host-absent": "The host is not here yet",
    "participant.removed": "You were removed by the host",
}


async def turn_away(room, reason, alice, guest_page):
    """Arranges that a guest is turned away for this reason."""
    if reason == "room.locked":
        await change(room, is_locked=True)
    if reason == "room.full":
        await change(room, max_participants=2)
    if reason == "room.sign-in-needed":
        await change(room, allow_guest_access=False)
    if reason == "room.not-now":
        await change(room, only_when_scheduled=True)
    if reason == "room.host-absent":
        await alice.ask("meeting.leave")
        await change(room, wait_for_host=True)
    if reason == "participant.removed":
        async with in_call(room, guest_page) as gina:
            await alice.ask("participant.remove", participant=gina.you)
            assert await gina.closed() == 4403


@pytest.mark.parametrize("reason", TURNED_AWAY)
async def test_socket_page_and_door_turn_away_for_the_same_reason(room, host_page, bobs_page, guest_page, reason):
    async with in_call(room, bobs_page), in_call(room, host_page) as alice:
        await turn_away(room, reason, alice, guest_page)
        async with wire(call_of(room), guest_page) as gina:
            assert (await gina.join())["code"] == reason
        page = await look(guest_page, room)
        assert page.status_code == 403
        assert TURNED_AWAY[reason] in page.content.decode()
        assert (await look(guest_page, room, "door/")).json() == {"refused": reason, "people": None}


@pytest.mark.parametrize(
    "reason", ["room.locked", "room.full", "room.host-absent", "room.not-now", "room.sign-in-needed"]
)
async def test_who_holds_a_seat_is_let_in_again_whatever_was_set_meanwhile(room, host_page, guest_page, reason):
    async with in_call(room, host_page) as alice:
        async with in_call(room, guest_page) as gina:
            pass
        await alice.event("participant.dropped", participant=gina.you)
        await change(
            room,
            is_locked=reason == "room.locked",
            max_participants=2 if reason == "room.full" else 50,
            wait_for_host=reason == "room.host-absent",
            only_when_scheduled=reason == "room.not-now",
            allow_guest_access=reason != "room.sign-in-needed",
        )
        assert (await look(guest_page, room)).status_code == 200
        async with in_call(room, guest_page) as again:
            assert again.you == gina.you


async def test_the_host_is_not_locked_out_of_their_own_room(room, host_page):
    await change(room, is_locked=True, wait_for_host=True, only_when_scheduled=True)
    async with in_call(room, host_page) as alice:
        assert alice.snapshot["room"]["locked"] is True


async def test_a_closed_room_exists_for_its_host_and_who_was_in_it_only(
    room, alice, host_page, guest_page, strangers_page
):
    async with in_call(room, guest_page):
        pass
    await sync_to_async(close_room)(room=room, actor=alice)
    for page in (host_page, guest_page):
        answer = await look(page, room)
        assert answer.status_code == 403
        assert "This room is closed" in answer.content.decode()
        assert (await look(page, room, "door/")).json() == {"refused": "room.closed", "people": None}
        async with wire(call_of(room), page) as one:
            assert (await one.join())["code"] == "room.not-found"
    for page in (strangers_page, Client()):
        assert (await look(page, room)).status_code == 404
        assert (await look(page, room, "door/")).status_code == 404


async def test_the_page_knows_nobody_but_its_own_visitor(room, host_page, bob):
    """What the page's script is given: the visitor's own name and devices, and the code they came with."""
    page = await look(await sync_to_async(browser_of)(bob), room)
    given = json.loads(
        page.content.decode().split('<script id="page" type="application/json">')[1].split("</script>")[0]
    )
    assert given.pop("ticker").startswith("/static/")
    assert given == {"code": room.code, "name": "Bob", "guest": False, "host": False, "asks": False, "kept": None}
