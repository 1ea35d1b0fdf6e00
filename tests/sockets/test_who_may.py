"""Every command of every socket, asked by everybody who could hold one. A command that is missing here is a failure."""

from contextlib import AsyncExitStack
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from chat.consumers import ChatConsumer
from rooms.models import Connection, Participant, ParticipantState
from rooms.services.rooms import create_room
from signaling.consumers import CallConsumer
from tests.conftest import browser_of, guest_browser
from tests.sockets.people import call_of, chat_of, in_call, in_chat
from tests.wire import wire

pytestmark = pytest.mark.django_db(transaction=True)

# The order in which they ask: who may do most comes last, for that may be the end of it.
WHO = ("without_session", "session_ended", "not_joined", "left", "removed", "host_elsewhere", "guest", "member", "host")
NOT_JOINED = ["meeting.not-joined"] * 5  # the first five: nobody of them is in the meeting
HARMLESS = ["meeting.not-joined"] * 3 + ["done"] * 6  # nothing is done for those who are out
EVERYBODY_INSIDE = [*NOT_JOINED, "done", "done", "done", "done"]
AUTHOR_ONLY = [*NOT_JOINED, "message.not-found", "message.not-yours", "done", "message.not-yours"]
TO_MESSAGES_OF_THE_MEETING = [*NOT_JOINED, "message.not-found", "done", "done", "done"]
HOST_OR_AUTHOR = [*NOT_JOINED, "message.not-found", "message.not-yours", "message.not-yours", "done"]
HOSTS_ONLY = [*NOT_JOINED, "done", "role.insufficient", "role.insufficient", "done"]  # elsewhere: in their own room
HOSTS_TO_PEOPLE = [*NOT_JOINED, "participant.not-found", "role.insufficient", "role.insufficient", "done"]
TO_PEOPLE_OF_THE_MEETING = [*NOT_JOINED, "participant.not-found", "done", "done", "done"]

NO_RELAY = [*["meeting.not-joined"] * 3, *["relay.unavailable"] * 6]  # none runs here

SIGNAL = {"session": str(uuid4())}
CALL = {
    "meeting.join": (
        {"microphone": True, "camera": True, "move": True},
        ["seat.missing", "seat.missing", "done", *["meeting.already-joined"] * 6],
    ),
    "meeting.leave": ({}, EVERYBODY_INSIDE),
    "meeting.resync": ({}, EVERYBODY_INSIDE),
    "meeting.end": ({}, HOSTS_ONLY),
    "connection.renew": ({"seq": 1}, HARMLESS),
    "media.set": ({"source": "microphone", "on": True}, EVERYBODY_INSIDE),
    "hand.raise": ({}, EVERYBODY_INSIDE),
    "hand.lower": ({}, EVERYBODY_INSIDE),
    "reaction.send": ({"emoji": "👍"}, EVERYBODY_INSIDE),
    "offer": ({"to": "target", "sdp": "v=0", **SIGNAL}, TO_PEOPLE_OF_THE_MEETING),
    "answer": ({"to": "target", "sdp": "v=0", **SIGNAL}, TO_PEOPLE_OF_THE_MEETING),
    "candidate": ({"to": "target", "candidate": None, **SIGNAL}, TO_PEOPLE_OF_THE_MEETING),
    "waiting.withdraw": ({}, ["participant.not-waiting"] * 9),
    "waiting.list": ({}, HOSTS_ONLY),
    "waiting.admit": (
        {"participant": "target"},
        [*NOT_JOINED, "participant.not-waiting", "role.insufficient", "role.insufficient", "participant.not-waiting"],
    ),
    "waiting.admit-all": ({}, HOSTS_ONLY),
    "waiting.deny": (
        {"participant": "target"},
        [*NOT_JOINED, "participant.not-waiting", "role.insufficient", "role.insufficient", "participant.not-waiting"],
    ),
    "participant.send-back": (
        {"participant": "target"},
        [*NOT_JOINED, "participant.not-found", "role.insufficient", "role.insufficient", "room.no-waiting-room"],
    ),
    "mesh.failed": ({"participant": "target"}, TO_PEOPLE_OF_THE_MEETING),
    "relay.enter": ({}, [*NOT_JOINED, "relay.not-used", *["relay.unavailable"] * 3]),
    "relay.publish": ({"sdp": "v=0", "mids": {}}, NO_RELAY),
    "relay.accept": ({"version": 1, "fingerprint": "", "ufrag": ""}, NO_RELAY),
    "relay.want": ({"heights": {}}, NO_RELAY),
    "relay.restart": ({}, NO_RELAY),
    "media.stop": ({"participant": "target", "source": "camera"}, HOSTS_TO_PEOPLE),
    "media.mute-all": ({"may_unmute": True}, HOSTS_ONLY),
    "unmute.ask": ({"participant": "target"}, HOSTS_TO_PEOPLE),
    "hand.lower-other": ({"participant": "target"}, HOSTS_TO_PEOPLE),
    "hand.lower-all": ({}, HOSTS_ONLY),
    "cohost.make": ({"participant": "target"}, HOSTS_TO_PEOPLE),
    "cohost.revoke": ({"participant": "target"}, HOSTS_TO_PEOPLE),
    "host.hand-over": ({"participant": "target"}, HOSTS_TO_PEOPLE),
    "host.take": ({}, HOSTS_ONLY),
    "spotlight.set": ({"participant": "target"}, HOSTS_TO_PEOPLE),
    "spotlight.clear": ({}, HOSTS_ONLY),
    "participant.rename": (
        {"participant": "target", "name": "Grace"},
        [*NOT_JOINED, "participant.not-found", "role.insufficient", "role.insufficient", "participant.not-guest"],
    ),
    "meeting.suspend": ({}, HOSTS_ONLY),
    "meeting.resume": ({}, HOSTS_ONLY),
    "room.switch": ({"setting": "allow_chat", "on": False}, HOSTS_ONLY),
    "room.lock": ({}, HOSTS_ONLY),
    "room.unlock": ({}, HOSTS_ONLY),
    "participant.remove": (
        {"participant": "target"},
        [*NOT_JOINED, "participant.not-found", "role.insufficient", "role.insufficient", "done"],
    ),
}
CHAT = {
    "thread.join": ({}, [*["thread.not-found"] * 3, *["thread.already-joined"] * 6]),
    "thread.resync": ({}, EVERYBODY_INSIDE),
    "thread.read": ({"number": 1}, EVERYBODY_INSIDE),
    "message.send": ({"content": "hello", "client_id": str(uuid4())}, EVERYBODY_INSIDE),
    "message.edit": ({"message": "of_member", "content": "otherwise"}, AUTHOR_ONLY),
    "message.delete": ({"message": "of_left"}, HOST_OR_AUTHOR),
    "message.react": ({"message": "of_member", "emoji": "👍", "on": True}, TO_MESSAGES_OF_THE_MEETING),
    "typing.set": ({"on": True}, EVERYBODY_INSIDE),
    "message.search": ({"text": "hello"}, EVERYBODY_INSIDE),
    "message.list": ({"before": 9}, EVERYBODY_INSIDE),
    "connection.renew": ({}, HARMLESS),
}
# Of what Bob, a member, has written privately to Gina, a guest; and who may write privately to him.
OF_THE_TWO = [*NOT_JOINED, "message.not-found", "done", "done", "message.not-found"]
PRIVATELY = {
    "message.react": ({"message": "private", "emoji": "👍", "on": True}, OF_THE_TWO),
    "message.edit": (
        {"message": "private", "content": "otherwise"},
        [*NOT_JOINED, "message.not-found", "message.not-yours", "done", "message.not-found"],
    ),
    "message.delete": (
        {"message": "private"},
        [*NOT_JOINED, "message.not-found", "message.not-yours", "done", "message.not-found"],
    ),
    "message.send": (
        {"content": "hello", "client_id": str(uuid4()), "to": "member"},
        [*NOT_JOINED, "participant.not-found", "done", "private.to-yourself", "done"],
    ),
}


def test_the_tables_know_every_command():
    assert CALL.keys() == CallConsumer.commands.keys()
    assert CHAT.keys() == ChatConsumer.commands.keys()


@pytest.fixture
def pages(room, alice, bob, charlie, oscar):
    """A browser for each of them. Charlie hosts a room of his own."""
    over = guest_browser(room, "Otto")
    over.session.flush()
    return {
        "without_session": Client(),
        "session_ended": over,
        "not_joined": browser_of(oscar),
        "left": guest_browser(room, "Lena"),
        "removed": guest_browser(room, "Remo"),
        "host_elsewhere": browser_of(charlie),
        "guest": guest_browser(room, "Gina"),
        "member": browser_of(bob),
        "host": browser_of(alice),
    }


@pytest.fixture
def elsewhere(charlie):
    return create_room(host=charlie, name="Elsewhere")


def take_out_silently(participant_id, state):
    """As if the close had not arrived: rights are asked of the row, not of the socket."""
    Participant.objects.filter(pk=participant_id).update(state=state)
    Connection.objects.filter(participant=participant_id).delete()


async def seat_everybody(stack, pages, room, elsewhere):
    sockets = {}
    for who, page in reversed(pages.items()):
        if who in WHO[:3]:
            sockets[who] = await stack.enter_async_context(wire(call_of(room), page))
        else:
            where = elsewhere if who == "host_elsewhere" else room
            sockets[who] = await stack.enter_async_context(in_call(where, page))
    return sockets


async def take_out(sockets, ids):
    await sync_to_async(take_out_silently)(ids["left"], ParticipantState.LEFT)
    await sync_to_async(take_out_silently)(ids["removed"], ParticipantState.REMOVED)


@pytest.mark.parametrize("command", CALL)
async def test_in_the_call(command, pages, room, elsewhere):
    fields, expected = CALL[command]
    async with AsyncExitStack() as stack:
        sockets = await seat_everybody(stack, pages, room, elsewhere)
        ids = {who: one.you for who, one in sockets.items()}
        await take_out(sockets, ids)
        answers = {}
        for who in WHO:
            target = ids["member"] if who == "host" else ids["host"]
            asked = {name: target if value == "target" else value for name, value in fields.items()}
            answers[who] = await sockets[who].verdict(command, **asked)
    assert answers == dict(zip(WHO, expected, strict=True))


async def message_of(chat, **more):
    return (await chat.ask("message.send", content="hello", client_id=str(uuid4()), **more))["message"]["id"]


async def chats_of(stack, calls, pages):
    """The chat's socket of everybody; joined by those who can."""
    chats = {}
    for who, page in pages.items():
        if who in WHO[:3]:
            chats[who] = await stack.enter_async_context(wire(chat_of(calls["host"]), page))
        else:
            chats[who] = await stack.enter_async_context(in_chat(calls[who], page))
    return chats


@pytest.mark.parametrize("command", CHAT)
async def test_in_the_chat(command, pages, room, elsewhere):
    fields, expected = CHAT[command]
    async with AsyncExitStack() as stack:
        calls = await seat_everybody(stack, pages, room, elsewhere)
        chats = await chats_of(stack, calls, pages)
        said = {f"of_{who}": await message_of(chats[who]) for who in ("left", "member")}
        asked = {name: said.get(value, value) if name == "message" else value for name, value in fields.items()}
        await take_out(chats, {who: one.you for who, one in calls.items()})
        answers = {who: await chats[who].verdict(command, **asked) for who in WHO}
    assert answers == dict(zip(WHO, expected, strict=True))


@pytest.mark.parametrize("command", PRIVATELY)
async def test_in_private(command, pages, room, elsewhere):
    fields, expected = PRIVATELY[command]
    async with AsyncExitStack() as stack:
        calls = await seat_everybody(stack, pages, room, elsewhere)
        ids = {who: one.you for who, one in calls.items()}
        chats = await chats_of(stack, calls, pages)
        private = await message_of(chats["member"], to=ids["guest"])
        known = {"private": private, "member": ids["member"]}
        asked = {
            name: known.get(value, value) if name in {"message", "to"} else value for name, value in fields.items()
        }
        await take_out(chats, ids)
        answers = {who: await chats[who].verdict(command, **asked) for who in WHO}
    assert answers == dict(zip(WHO, expected, strict=True))


@pytest.mark.parametrize("command", ["offer", "answer", "candidate", "participant.remove"])
@pytest.mark.parametrize("target", ["host_elsewhere", "left", "removed", "nobody"])
async def test_whoever_is_not_in_this_meeting_is_nobody_here(command, target, pages, room, elsewhere):
    fields, _ = CALL[command]
    async with AsyncExitStack() as stack:
        sockets = await seat_everybody(stack, pages, room, elsewhere)
        ids = {who: one.you for who, one in sockets.items()} | {"nobody": str(uuid4())}
        await take_out(sockets, ids)
        asked = {name: ids[target] if value == "target" else value for name, value in fields.items()}
        assert await sockets["host"].verdict(command, **asked) == "participant.not-found"
        assert await sockets["host_elsewhere"].events() == []


async def test_a_meeting_gives_no_way_into_the_chat_of_another(pages, room, elsewhere):
    async with in_call(room, pages["host"]) as host, in_call(elsewhere, pages["host_elsewhere"]):
        async with wire(chat_of(host), pages["host_elsewhere"]) as chat:
            assert await chat.verdict("thread.join") == "thread.not-found"
        async with wire(f"/ws/chat/{uuid4()}/", pages["host_elsewhere"]) as chat:
            assert await chat.verdict("thread.join") == "thread.not-found"
