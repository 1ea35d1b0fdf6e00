"""Every command of every socket, asked by everybody who could hold one, under every setting (permissions.py)."""

from contextlib import AsyncExitStack
from pathlib import Path
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from chat.consumers import ChatConsumer
from rooms.models import Connection, Meeting, Participant, Role, Room, RoomSettings
from rooms.services.rooms import create_room
from signaling.consumers import CallConsumer
from tests.conftest import browser_of, guest_browser
from tests.conftest import person as account
from tests.sockets.people import call_of, chat_of, in_call, in_chat
from tests.sockets.permissions import CALL, CHAT, OUTSIDE, PRIVATE, VARIANTS, WHO, as_markdown
from tests.wire import wire

pytestmark = pytest.mark.django_db(transaction=True)
NOT_SEATED = OUTSIDE[:3]
ALL_TABLES = [*CALL.values(), *CHAT.values(), *PRIVATE.values()]


def test_the_tables_know_every_command():
    assert {name.split()[0] for name in CALL} == CallConsumer.commands.keys()
    assert CHAT.keys() == ChatConsumer.commands.keys()


def test_the_tables_know_every_setting_and_nothing_else():
    own = {field.name for field in RoomSettings._meta.get_fields()}
    varied = {name for variant in VARIANTS.values() for name in variant}
    assert varied == own - {"id", "room", "created_at", "updated_at", "waiting_message"} | {"is_locked", "is_suspended"}
    assert {variant for row in ALL_TABLES for variant in row.unless} <= VARIANTS.keys()
    assert all(row.answers.keys() == WHO.keys() for row in ALL_TABLES)


def test_the_docs_show_the_tables():
    shown = (Path(__file__).parents[2] / "docs" / "permissions.md").read_text()
    assert shown == as_markdown()  # python -m tests.sockets.permissions > docs/permissions.md


@pytest.fixture
def pages(room, alice, bob, charlie, oscar):
    """A browser for each of them. Charlie hosts a room of his own; the last two are whom hosts do something about."""
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
        "cohost": browser_of(account("Conny")),
        "host": browser_of(alice),
        "of_cohost": browser_of(account("Pia")),
        "of_host": browser_of(account("Paul")),
        "waiting": guest_browser(room, "Willy"),
    }


@pytest.fixture
def elsewhere(charlie):
    return create_room(host=charlie, name="Elsewhere")


async def seat_everybody(stack, pages, room, elsewhere):
    """Their sockets, and who they are."""
    sockets = {who: await stack.enter_async_context(wire(call_of(room), pages[who])) for who in NOT_SEATED}
    for who, page in pages.items():
        if who not in {*NOT_SEATED, "waiting"}:
            where = elsewhere if who == "host_elsewhere" else room
            sockets[who] = await stack.enter_async_context(in_call(where, page))
    await RoomSettings.objects.filter(room=room).aupdate(waiting_room="EVERYONE")
    sockets["waiting"] = await stack.enter_async_context(in_call(room, pages["waiting"]))
    await RoomSettings.objects.filter(room=room).aupdate(waiting_room="OFF")
    ids = {who: one.you for who, one in sockets.items()}
    await Participant.objects.filter(pk=ids["cohost"]).aupdate(role=Role.COHOST)
    return sockets, ids


def take_out_silently(ids):
    """As if the close had not arrived: rights are asked of the row, not of the socket."""
    for who, state in (("left", "LEFT"), ("removed", "REMOVED")):
        Participant.objects.filter(pk=ids[who]).update(state=state)
        Connection.objects.filter(participant=ids[who]).delete()


def set_up(room, variant):
    """The rows alone: nobody is told, so nothing but the question itself can find out."""
    values = dict(VARIANTS[variant])
    Room.objects.filter(pk=room.pk).update(is_locked=values.pop("is_locked", False))
    Meeting.objects.filter(room=room).update(is_suspended=values.pop("is_suspended", False))
    Meeting.objects.filter(room=room).update(engine="MESH" if values.get("engine") == "MESH" else "RELAY")
    RoomSettings.objects.filter(room=room).update(**values)


class Rows:
    """What a command may have changed, put back before the next one asks."""

    MODELS = (Room, RoomSettings, Meeting, Participant)

    def __init__(self):
        self._kept = self._now()

    def _now(self):
        return {(model, values["id"]): values for model in self.MODELS for values in model.objects.values()}

    def put_back(self):
        now = self._now()
        changed = {key: values for key, values in self._kept.items() if now[key] != values}
        for model, pk in changed:  # one host, one presenter, one in the spotlight at a time
            if model is Participant:
                plain = {"role": Role.GUEST, "screen_on": False, "in_spotlight": False}
                Participant.objects.filter(pk=pk).update(**plain)
        for (model, pk), values in changed.items():
            model.objects.filter(pk=pk).update(**values)


def target_of(who, ids):
    return ids.get(f"of_{who}", ids["host"])


async def asked_by_all(name, row, sockets, ids, known, *, but=()):
    answers = {}
    for who in WHO:
        if who in but:
            continue
        names = known | {"target": target_of(who, ids)}
        asked = {key: names.get(value, value) if isinstance(value, str) else value for key, value in row.fields.items()}
        answers[who] = await sockets[who].verdict(name.split()[0], **asked)
    return answers


def differences(answers, expected):
    return {who: (answer, expected[who]) for who, answer in answers.items() if answer != expected[who]}


@pytest.mark.parametrize("variant", VARIANTS)
async def test_in_the_call(variant, pages, room, elsewhere):
    wrong = {}
    async with AsyncExitStack() as stack:
        sockets, ids = await seat_everybody(stack, pages, room, elsewhere)
        await sync_to_async(take_out_silently)(ids)
        await sync_to_async(set_up)(room, variant)
        rows = await sync_to_async(Rows)()
        for name, row in CALL.items():
            if not row.final:
                answers = await asked_by_all(name, row, sockets, ids, {})
                wrong[name] = differences(answers, row.expected(variant))
                await sync_to_async(rows.put_back)()
    assert {name: found for name, found in wrong.items() if found} == {}


# Both who host may do these, so each comes last once.
FINAL = [(name, variant) for name, row in CALL.items() if row.final for variant in ["the defaults", *row.unless]]


@pytest.mark.parametrize("but", ["cohost", "host"])
@pytest.mark.parametrize(("name", "variant"), FINAL)
async def test_what_may_end_a_stay(name, variant, but, pages, room, elsewhere):
    async with AsyncExitStack() as stack:
        sockets, ids = await seat_everybody(stack, pages, room, elsewhere)
        await sync_to_async(take_out_silently)(ids)
        await sync_to_async(set_up)(room, variant)
        answers = await asked_by_all(name, CALL[name], sockets, ids, {}, but=[but])
    assert differences(answers, CALL[name].expected(variant)) == {}


async def message_of(chat, **more):
    return (await chat.ask("message.send", content="hello", client_id=str(uuid4()), **more))["message"]["id"]


async def chats_of(stack, calls, pages):
    """The chat's socket of everybody; joined by those who can."""
    chats = {}
    for who in WHO:
        if who in OUTSIDE[:4]:
            chats[who] = await stack.enter_async_context(wire(chat_of(calls["host"]), pages[who]))
        else:
            chats[who] = await stack.enter_async_context(in_chat(calls[who], pages[who]))
    return chats


@pytest.mark.parametrize("table", [CHAT, PRIVATE], ids=["all", "one"])
@pytest.mark.parametrize("variant", VARIANTS)
async def test_in_the_chat(variant, table, pages, room, elsewhere):
    wrong = {}
    async with AsyncExitStack() as stack:
        calls, ids = await seat_everybody(stack, pages, room, elsewhere)
        chats = await chats_of(stack, calls, pages)
        known = {"member": ids["member"], "of_left": await message_of(chats["left"])}
        private = {"to": ids["guest"]} if table is PRIVATE else {}
        known["of_member"] = await message_of(chats["member"], **private)
        await sync_to_async(take_out_silently)(ids)
        await sync_to_async(set_up)(room, variant)
        for name, row in table.items():
            but = ["cohost"] if row.final else []  # who hosts deletes it, and then it is gone
            wrong[name] = differences(await asked_by_all(name, row, chats, ids, known, but=but), row.expected(variant))
    assert {name: found for name, found in wrong.items() if found} == {}


@pytest.mark.parametrize("command", ["offer", "answer", "candidate", "participant.remove"])
@pytest.mark.parametrize("target", ["host_elsewhere", "left", "removed", "nobody"])
async def test_whoever_is_not_in_this_meeting_is_nobody_here(command, target, pages, room, elsewhere):
    fields = CALL[command].fields
    async with AsyncExitStack() as stack:
        sockets, ids = await seat_everybody(stack, pages, room, elsewhere)
        ids["nobody"] = str(uuid4())
        await sync_to_async(take_out_silently)(ids)
        asked = {name: ids[target] if value == "target" else value for name, value in fields.items()}
        assert await sockets["host"].verdict(command, **asked) == "participant.not-found"
        assert await sockets["host_elsewhere"].events() == []


async def test_a_meeting_gives_no_way_into_the_chat_of_another(pages, room, elsewhere):
    async with in_call(room, pages["host"]) as host, in_call(elsewhere, pages["host_elsewhere"]):
        async with wire(chat_of(host), pages["host_elsewhere"]) as chat:
            assert await chat.verdict("thread.join") == "thread.not-found"
        async with wire(f"/ws/chat/{uuid4()}/", pages["host_elsewhere"]) as chat:
            assert await chat.verdict("thread.join") == "thread.not-found"
