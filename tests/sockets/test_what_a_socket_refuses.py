"""Whatever is sent, the answer is a refusal with a stable code, the others hear nothing and the socket lives on."""

from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async

from realtime import consumers
from realtime.consumers import ABUSES, COMMANDS_AT_ONCE, MAX_MESSAGE
from rooms.services.rooms import create_room
from signaling.commands import SDP_LIMIT
from tests.sockets.people import call_of, in_call, in_chat, state_of
from tests.wire import verdict, wire

pytestmark = pytest.mark.django_db(transaction=True)

ME, SOMEBODY = "00000000-0000-4000-8000-000000000000", "11111111-1111-4111-8111-111111111111"
SDP = {"to": SOMEBODY, "session": ME, "sdp": "v=0"}
CANDIDATE = {"to": SOMEBODY, "session": ME, "candidate": {"candidate": ""}}

COMMANDS = [
    ("command.unknown", "no.such", {}),
    ("command.unknown", "Hand.Raise", {}),
    ("command.unknown", "hand.raise\0", {}),
    ("command.unknown", "hand.raised", {}),  # an event's name
    ("command.unknown", "", {}),
    ("command.unknown", "__class__", {}),
    ("command.invalid", "hand.raise", {"participant": SOMEBODY}),
    ("command.invalid", "meeting.leave", {"participant": SOMEBODY}),
    ("command.invalid", "meeting.end", {"reason": "HOST"}),
    ("command.invalid", "reaction.send", {"emoji": "👍", "participant": SOMEBODY}),
    ("command.invalid", "reaction.send", {"emoji": "👍" * 9}),
    ("command.invalid", "reaction.send", {"emoji": 1}),
    ("command.invalid", "reaction.send", {}),
    ("reaction.unknown", "reaction.send", {"emoji": "🤖"}),
    ("reaction.unknown", "reaction.send", {"emoji": "<b>"}),
    ("reaction.unknown", "reaction.send", {"emoji": "\0"}),
    ("reaction.unknown", "reaction.send", {"emoji": ""}),
    ("command.invalid", "media.set", {"source": "microphone"}),
    ("command.invalid", "media.set", {"source": "microphone", "on": 1}),
    ("command.invalid", "media.set", {"source": "microphone", "on": None}),
    ("command.invalid", "media.set", {"source": "loudspeaker", "on": True}),
    ("command.invalid", "media.set", {"source": ["microphone"], "on": True}),
    ("command.invalid", "media.set", {"source": "microphone", "on": True, "participant": SOMEBODY}),
    ("command.invalid", "connection.renew", {"seq": -1}),
    ("command.invalid", "connection.renew", {"seq": 1.5}),
    ("command.invalid", "connection.renew", {}),
    ("command.invalid", "connection.renew", {"seq": 1, "token": SOMEBODY}),
    ("command.invalid", "offer", {**SDP, "from": SOMEBODY}),
    ("command.invalid", "answer", {**SDP, "from": SOMEBODY}),
    ("command.invalid", "candidate", {**CANDIDATE, "from": SOMEBODY}),
    ("command.invalid", "offer", {**SDP, "participant": SOMEBODY}),
    ("command.invalid", "offer", {**SDP, "sdp": "x" * (SDP_LIMIT + 1)}),
    ("command.invalid", "offer", {**SDP, "sdp": None}),
    ("command.invalid", "offer", {**SDP, "to": [SOMEBODY]}),
    ("command.invalid", "offer", {**SDP, "to": "everybody"}),
    ("command.invalid", "offer", {**SDP, "to": SOMEBODY.replace("-", "")}),
    ("command.invalid", "offer", {**SDP, "to": SOMEBODY + "\n"}),
    ("command.invalid", "offer", {**SDP, "to": "' OR 1=1 --"}),
    ("command.invalid", "offer", {**SDP, "session": "x" * 5000}),
    ("command.invalid", "offer", {"sdp": "v=0"}),
    ("command.invalid", "candidate", {**CANDIDATE, "candidate": {"candidate": "x" * 1025}}),
    ("command.invalid", "candidate", {**CANDIDATE, "candidate": {"candidate": "", "sdpMLineIndex": 65}}),
    ("command.invalid", "candidate", {**CANDIDATE, "candidate": {"candidate": "", "sdpMid": "x" * 33}}),
    ("command.invalid", "candidate", {**CANDIDATE, "candidate": {"candidate": "", "usernameFragment": "x" * 257}}),
    ("command.invalid", "candidate", {**CANDIDATE, "candidate": {"candidate": "", "address": "10.0.0.1"}}),
    ("command.invalid", "candidate", {**CANDIDATE, "candidate": "candidate:1"}),
    ("command.invalid", "candidate", {"to": SOMEBODY, "session": ME}),
    ("participant.not-found", "offer", SDP),
    ("participant.not-found", "answer", {**SDP, "sdp": "x" * SDP_LIMIT}),
    ("participant.not-found", "candidate", CANDIDATE),
    ("participant.not-found", "candidate", {**CANDIDATE, "candidate": None}),
    ("command.invalid", "participant.remove", {"participant": "all"}),
    ("command.invalid", "participant.remove", {"participant": {"id": SOMEBODY}}),
    ("command.invalid", "participant.remove", {}),
    ("command.invalid", "room.lock", {"locked": False}),
    ("command.invalid", "room.lock", {"room": SOMEBODY}),
    ("meeting.already-joined", "meeting.join", {"microphone": True, "camera": True}),
    ("command.invalid", "meeting.join", {"microphone": True, "camera": True, "role": "HOST"}),
    ("command.invalid", "meeting.join", {"microphone": True, "camera": True, "name": "Alice"}),
    ("command.invalid", "meeting.join", {"microphone": True, "camera": True, "resume": "x" * 37}),
    ("command.invalid", "meeting.join", {"microphone": True}),
]
CHAT_ID = {"client_id": SOMEBODY}
CHAT_COMMANDS = [
    ("command.unknown", "hand.raise", {}),
    ("command.invalid", "message.send", {"content": "hi"}),
    ("command.invalid", "message.send", {**CHAT_ID, "content": ["hi"]}),
    ("command.invalid", "message.send", {**CHAT_ID, "content": None}),
    ("command.invalid", "message.send", {**CHAT_ID, "content": "hi", "author": SOMEBODY}),
    ("command.invalid", "message.send", {**CHAT_ID, "content": "hi", "type": "SYSTEM", "at": "now"}),
    ("command.invalid", "message.send", {**CHAT_ID, "content": "hi", "thread": SOMEBODY}),
    ("command.invalid", "message.send", {"client_id": "1", "content": "hi"}),
    ("message.empty", "message.send", {**CHAT_ID, "content": ""}),
    ("message.empty", "message.send", {**CHAT_ID, "content": "\0\u200b\n\u2028"}),
    ("message.too-long", "message.send", {**CHAT_ID, "content": "x" * 2001}),
    ("command.invalid", "message.list", {}),
    ("command.invalid", "message.list", {"before": -1}),
    ("command.invalid", "message.list", {"before": 2**53 + 1}),
    ("command.invalid", "message.list", {"before": 5, "thread": SOMEBODY}),
    ("command.invalid", "thread.read", {"number": "1"}),
    ("command.invalid", "thread.read", {"number": 1, "participant": SOMEBODY}),
]
NOT_COMMANDS = {
    "nothing": "",
    "a word": "hello",
    "null": "null",
    "a number": "42",
    "an array": "[]",
    "an array of commands": '[{"type": "hand.raise", "id": 1}]',
    "no id": '{"type": "hand.raise"}',
    "no type": '{"id": 1}',
    "a type that is a number": '{"type": 1, "id": 1}',
    "a type without end": f'{{"type": "{"x" * 65}", "id": 1}}',
    "an id that is text": '{"type": "hand.raise", "id": "1"}',
    "an id that is a fraction": '{"type": "hand.raise", "id": 1.5}',
    "an id below zero": '{"type": "hand.raise", "id": -1}',
    "an id beyond what JavaScript counts": '{"type": "hand.raise", "id": 9007199254740993}',
    "an id of 5000 digits": f'{{"type": "hand.raise", "id": {"9" * 5000}}}',
    "an id like 1e999": '{"type": "hand.raise", "id": 1e999}',
    "an id that is true": '{"type": "hand.raise", "id": true}',
    "not a number": '{"type": "hand.raise", "id": NaN}',
    "two at once": '{"type": "hand.raise", "id": 1}{"type": "hand.raise", "id": 2}',
    "an end missing": '{"type": "hand.raise", "id": 1',
    "single quotes": "{'type': 'hand.raise', 'id': 1}",
    "half a character in the type": '{"type": "\\ud800", "id": 1}',
    "deep nesting": '{"type": "hand.raise", "id": 1, "x": ' + "[" * 30_000 + "]" * 30_000 + "}",
    "deep nesting without end": "[" * 60_000,
    "more than fits": f'{{"type": "hand.raise", "id": 1, "x": "{"x" * MAX_MESSAGE}"}}',
}


def test_the_limits_leave_room_for_these_tests():
    assert len(COMMANDS) < COMMANDS_AT_ONCE
    assert len(NOT_COMMANDS) < ABUSES - 1


@pytest.fixture
def patient(monkeypatch):
    """So that a whole table may be tried on one socket."""
    monkeypatch.setattr(consumers, "ABUSES", 1000)


async def test_commands_of_the_call_that_are_not_as_they_should_be(room, host_page, guest_page, patient):
    async with in_call(room, host_page) as alice, in_call(room, guest_page) as gina:
        before = await state_of(alice)
        await alice.events()
        answers = [(await gina.verdict(command, **fields), command, fields) for _, command, fields in COMMANDS]
        assert answers == COMMANDS
        assert await alice.events() == []
        assert await state_of(alice) == before
        assert await gina.verdict("hand.raise") == "done"


async def test_commands_of_the_chat_that_are_not_as_they_should_be(room, host_page, guest_page, patient, monkeypatch):
    monkeypatch.setattr("chat.consumers.MESSAGES_AT_ONCE", 100)
    async with (
        in_call(room, host_page) as alice,
        in_call(room, guest_page) as gina,
        in_chat(alice, host_page) as hears,
        in_chat(gina, guest_page) as says,
    ):
        answers = [
            (await says.verdict(command, **_sent(fields)), command, fields) for _, command, fields in CHAT_COMMANDS
        ]
        assert answers == CHAT_COMMANDS
        assert await says.verdict("message.send", client_id=str(uuid4()), content="hello") == "done"
        while (posted := await hears.event("message.posted"))["message"]["type"] == "SYSTEM":
            pass
        assert posted["message"]["content"] == "hello"


def _sent(fields):
    return {name: value for name, value in fields.items() if name != "type"} | (
        {"extra": 1} if "type" in fields else {}
    )


@pytest.mark.parametrize("what", NOT_COMMANDS)
async def test_what_is_no_command_is_answered_without_an_id(room, host_page, guest_page, what):
    async with in_call(room, host_page) as alice, in_call(room, guest_page) as gina:
        await alice.events()
        assert await gina.ask_raw(NOT_COMMANDS[what]) == {
            "type": "refused",
            "id": None,
            "code": "message.invalid",
            "text": "This is not a command.",
        }
        assert await alice.events() == []
        assert await gina.verdict("hand.raise") == "done"


@pytest.mark.parametrize(
    "text", ['{"type": "hand.raise", "id": 1, "x": "\\ud800"}', '{"type": "offer", "id": 1, "sdp": "\\ud800"}']
)
async def test_half_a_character_is_refused_wherever_it_hides(room, guest_page, text):
    async with in_call(room, guest_page) as gina:
        await gina.send_text(text)
        [answer] = await gina.frames()
        assert verdict(answer) in {"message.invalid", "command.invalid"}
        assert await gina.verdict("hand.raise") == "done"


async def test_binary_frames_are_no_commands(room, guest_page):
    async with in_call(room, guest_page) as gina:
        for data in (b"", b"\x00\xff", b'{"type": "hand.raise", "id": 1}'):
            await gina.send_bytes(data)
            assert verdict(await gina.answer()) == "message.invalid"
        assert await gina.verdict("hand.raise") == "done"


async def test_the_largest_command_fits(room, host_page, guest_page):
    """An offer of the greatest length arrives whole."""
    async with in_call(room, host_page) as alice, in_call(room, guest_page) as gina:
        offer = {"to": alice.you, "session": str(uuid4()), "sdp": "v" * SDP_LIMIT}
        assert await gina.verdict("offer", **offer) == "done"
        assert (await alice.event("offer"))["sdp"] == offer["sdp"]


async def test_the_server_says_who_sent_a_signal(room, host_page, bobs_page, guest_page):
    async with (
        in_call(room, host_page) as alice,
        in_call(room, bobs_page) as bob,
        in_call(room, guest_page) as gina,
    ):
        session = str(uuid4())
        await alice.events(), await bob.events()
        for kind, fields in (
            ("offer", {"sdp": "v=0 offer"}),
            ("answer", {"sdp": "v=0 answer"}),
            ("candidate", {"candidate": {"candidate": "candidate:1", "sdpMid": "0", "sdpMLineIndex": 0}}),
            ("candidate", {"candidate": None}),
        ):
            assert await gina.verdict(kind, to=bob.you, session=session, **fields) == "done"
            heard = await bob.event(kind)
            assert heard.pop("from") == gina.you
            assert heard["session"] == session
            assert set(heard) == {"type", "session", *fields}
        assert await alice.events() == []  # it was for Bob alone
        assert (
            await gina.verdict("offer", to=bob.you, session=session, sdp="", **{"from": alice.you}) == "command.invalid"
        )


@pytest.mark.parametrize("command", ["offer", "answer", "candidate"])
async def test_signals_do_not_leave_the_meeting(room, host_page, strangers_page, charlie, command):
    other = await sync_to_async(create_room)(host=charlie, name="Elsewhere")
    async with in_call(room, host_page) as alice, in_call(other, strangers_page) as stranger:
        await alice.events()
        fields = {"candidate": None} if command == "candidate" else {"sdp": "v=0"}
        sent = {"to": alice.you, "session": str(uuid4()), **fields}
        assert await stranger.verdict(command, **sent) == "participant.not-found"
        assert await alice.events() == []


async def test_many_messages_that_are_no_commands_close_the_socket(room, guest_page):
    async with in_call(room, guest_page) as gina:
        for _ in range(ABUSES - 1):
            await gina.send_text("nonsense")
        assert await gina.verdict("hand.raise") == "done"
        await gina.send_text("nonsense")
        assert await gina.closed() == 4400


@pytest.mark.parametrize(("command", "fields"), [("no.such", {}), ("media.set", {"source": "microphone"})])
async def test_many_commands_that_are_wrong_close_the_socket(room, guest_page, command, fields):
    async with in_call(room, guest_page) as gina:
        for _ in range(ABUSES - 1):
            assert await gina.verdict(command, **fields) != "done"
        assert await gina.verdict("hand.raise") == "done"
        await gina.send_text(f'{{"type": "{command}", "id": 1}}')
        assert await gina.closed() == 4400


async def test_abuse_before_joining_closes_the_socket_too(room):
    async with wire(call_of(room)) as stranger:
        for _ in range(ABUSES):
            await stranger.send_text("[]")
        assert await stranger.closed() == 4400


async def test_a_flood_is_refused_and_then_closed(room, host_page, guest_page, monkeypatch):
    async with in_call(room, host_page) as alice:
        monkeypatch.setattr(consumers, "COMMANDS_AT_ONCE", 10)
        monkeypatch.setattr(consumers, "COMMANDS_PER_SECOND", 0)
        async with in_call(room, guest_page) as gina:
            answers = [await gina.verdict("connection.renew", seq=0) for _ in range(9 + ABUSES - 1)]
            assert answers == ["done"] * 9 + ["rate.exceeded"] * (ABUSES - 1)
            await gina.send_text('{"type": "hand.raise", "id": 1}')
            assert await gina.closed() == 4429
        assert await alice.verdict("hand.raise") == "done"


async def test_a_burst_within_the_limit_is_taken(room, guest_page):
    """A join with its candidates for some peers comes all at once."""
    async with in_call(room, guest_page) as gina:
        assert {await gina.verdict("connection.renew", seq=0) for _ in range(COMMANDS_AT_ONCE - 1)} == {"done"}


async def test_a_failure_of_the_server_tells_nothing_of_it(room, guest_page, monkeypatch, caplog):
    def fail(**kwargs):
        raise RuntimeError("secret detail")

    monkeypatch.setattr("signaling.services.states.raise_hand", fail)
    async with in_call(room, guest_page) as gina:
        answer = await gina.ask("hand.raise")
        assert answer["code"] == "server.failed"
        assert "secret" not in "".join(gina.transcript)
        assert "secret detail" in caplog.text
        assert await gina.verdict("hand.lower") == "done"
