import time
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async

from chat.models import Message
from rooms.models import Meeting
from rooms.services.rooms import change_room, create_room
from tests.chat.people import in_chat, seated
from tests.wire import wire

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("text", ["", "   ", "\n\t ", "\u200b\u2060", "\x00\x07"])
async def test_nothing_is_not_a_message(room, host_page, text):
    async with in_chat(room, host_page) as alice:
        assert (await alice.say(text))["code"] == "message.empty"
        assert not await Message.objects.filter(type="TEXT").aexists()


async def test_two_thousand_characters_are_the_most(room, host_page):
    async with in_chat(room, host_page) as alice:
        assert (await alice.say("é" * 2001))["code"] == "message.too-long"
        assert (await alice.say("  " + "é" * 2000 + "\n"))["message"]["content"] == "é" * 2000


async def test_control_characters_are_dropped_and_lines_kept(room, host_page):
    async with in_chat(room, host_page) as alice:
        assert (await alice.say(" a\x00\x1b[31mb\r\nc\rd\te\x85 "))["message"]["content"] == "a[31mb\nc\nd\te"


async def test_five_at_once_then_one_a_second(room, host_page, monkeypatch):
    now = time.monotonic()
    monkeypatch.setattr("realtime.limits.time.monotonic", lambda: now)
    async with in_chat(room, host_page) as alice:
        answers = [await alice.say(str(number)) for number in range(6)]
        assert [one.get("code") for one in answers] == [None] * 5 + ["rate.exceeded"]
        now += 1
        assert (await alice.say("later"))["type"] == "done"
        assert (await alice.say("and more"))["code"] == "rate.exceeded"


async def test_chat_that_is_off_is_off_for_everybody(room, alice, host_page, guest_page):
    async with in_chat(room, host_page) as host, in_chat(room, guest_page) as gina:
        assert gina.joined["allowed"] is True
        await gina.say("before")
        await sync_to_async(change_room)(room=room, actor=alice, name=room.name, settings={"allow_chat": False})
        assert (await gina.say("hello"))["code"] == "chat.not-allowed"
        assert (await host.say("hello"))["code"] == "chat.not-allowed"
        state = await gina.chat.ask("thread.resync")
        assert state["allowed"] is False
        assert [one["content"] for one in state["messages"] if one["type"] == "TEXT"] == ["before"]


async def test_while_the_meeting_is_suspended_nobody_writes(room, host_page, guest_page):
    async with in_chat(room, host_page) as host, in_chat(room, guest_page) as gina:
        first = (await gina.say("before"))["message"]["id"]
        await Meeting.objects.aupdate(is_suspended=True)
        state = await gina.state()
        assert (state["allowed"], state["suspended"]) == (False, True)
        assert (await host.say("hello"))["text"] == "The host has suspended the meeting."
        assert (await gina.say_to(host, "hello"))["code"] == "meeting.suspended"
        for command, fields in (
            ("message.edit", {"message": first, "content": "after"}),
            ("message.react", {"message": first, "emoji": "👍", "on": True}),
            ("typing.set", {"on": True}),
        ):
            assert await gina.chat.verdict(command, **fields) == "meeting.suspended"
        assert await gina.chat.verdict("message.delete", message=first) == "done"
        await Meeting.objects.aupdate(is_suspended=False)
        assert (await gina.state())["allowed"] is True
        assert (await gina.say("after"))["type"] == "done"


async def test_a_stranger_hears_the_same_of_a_chat_that_is_not_theirs_and_of_none(room, alice, strangers_page):
    host = await sync_to_async(seated)(room, alice)
    answers = []
    for thread in (host.meeting_id, uuid4()):
        async with wire(f"/ws/chat/{thread}/", strangers_page) as chat:
            answer = await chat.ask("thread.join")
            answers.append((answer["code"], answer["text"]))
            assert (await chat.ask("thread.resync"))["code"] == "meeting.not-joined"
            assert (await chat.ask("message.list", before=9))["code"] == "meeting.not-joined"
            sent = await chat.ask("message.send", client_id=str(uuid4()), content="hello")
            assert sent["code"] == "meeting.not-joined"
    assert answers[0] == answers[1]
    assert answers[0][0] == "thread.not-found"


async def test_who_is_in_one_room_has_no_chat_of_another(room, alice, bob, bobs_page):
    host = await sync_to_async(seated)(room, alice)
    other = await sync_to_async(create_room)(host=bob, name="Other")
    async with in_chat(other, bobs_page), wire(f"/ws/chat/{host.meeting_id}/", bobs_page) as chat:
        assert (await chat.ask("thread.join"))["code"] == "thread.not-found"


async def test_nobody_comes_in_without_a_session(room, alice):
    host = await sync_to_async(seated)(room, alice)
    async with wire(f"/ws/chat/{host.meeting_id}/") as chat:
        assert (await chat.ask("thread.join"))["code"] == "thread.not-found"


async def test_a_meeting_that_has_ended_has_no_chat_to_join(room, host_page):
    async with in_chat(room, host_page) as alice:
        await alice.call.send_text('{"type": "meeting.end", "id": 9}')
        assert await alice.chat.closed() == 4411
    meeting = await Meeting.objects.aget(room=room)
    async with wire(f"/ws/chat/{meeting.pk}/", host_page) as chat:
        assert (await chat.ask("thread.join"))["code"] == "thread.not-found"


async def test_a_socket_joins_once(room, host_page):
    async with in_chat(room, host_page) as alice:
        assert (await alice.chat.ask("thread.join"))["code"] == "thread.already-joined"


@pytest.mark.parametrize(
    ("command", "fields"),
    [
        ("message.send", {}),
        ("message.send", {"content": "hello"}),
        ("message.send", {"client_id": "1", "content": "hello"}),
        ("message.send", {"client_id": None, "content": "hello"}),
        ("message.send", {"client_id": str(uuid4()), "content": 7}),
        ("message.send", {"client_id": str(uuid4()), "content": ["hello"]}),
        ("message.send", {"client_id": str(uuid4()), "content": "hello", "author": "somebody"}),
        ("message.send", {"client_id": str(uuid4()).upper(), "content": "hello"}),
        ("message.send", {"client_id": str(uuid4()), "content": "hello", "to": "everyone"}),
        ("message.send", {"client_id": str(uuid4()), "content": "hello", "to": [str(uuid4())]}),
        ("message.send", {"client_id": str(uuid4()), "content": "hello", "mentions": ["Gina"]}),
        ("message.send", {"client_id": str(uuid4()), "content": "hello", "mentions": [str(uuid4())] * 21}),
        ("message.edit", {"message": str(uuid4()), "content": "hello", "mentions": None}),
        ("message.list", {}),
        ("message.list", {"before": "9"}),
        ("message.list", {"before": -1}),
        ("message.list", {"before": 2**63}),
        ("thread.read", {"number": 1.5}),
        ("thread.read", {"number": True}),
        ("thread.resync", {"more": 1}),
    ],
)
async def test_fields_that_are_not_as_they_should_be(room, host_page, command, fields):
    async with in_chat(room, host_page) as alice:
        assert (await alice.chat.ask(command, **fields))["code"] == "command.invalid"


async def test_an_unknown_command_and_one_that_is_too_big(room, host_page):
    async with in_chat(room, host_page) as alice:
        assert (await alice.chat.ask("meeting.end"))["code"] == "command.unknown"
        await alice.chat.send_text("x" * 80_000)
        assert (await alice.chat.ask_raw("no command"))["code"] == "message.invalid"
        assert (await alice.chat.ask("connection.renew"))["type"] == "done"
