import pytest
from asgiref.sync import sync_to_async

from rooms.services.rooms import change_room
from tests.chat.people import in_chat

pytestmark = pytest.mark.django_db(transaction=True)


async def test_others_hear_who_types_and_nothing_is_counted(room, host_page, guest_page):
    async with in_chat(room, host_page) as alice, in_chat(room, guest_page) as gina:
        before = (await alice.chat.ask("thread.resync"))["seq"]
        for on in (True, False):
            assert await gina.chat.verdict("typing.set", on=on) == "done"
            assert await alice.chat.event("typing.changed") == {
                "type": "typing.changed",
                "participant": gina.joined["you"],
                "name": "Gina",
                "on": on,
            }
        assert (await alice.chat.ask("thread.resync"))["seq"] == before


async def test_typing_is_not_told_too_often(room, host_page):
    async with in_chat(room, host_page) as alice:
        answers = [await alice.chat.verdict("typing.set", on=True) for _ in range(6)]
        assert answers[:4] == ["done"] * 4
        assert "rate.exceeded" in answers[4:]
        assert (await alice.say("hello"))["type"] == "done"


async def test_nobody_types_where_chat_is_off(room, alice, host_page):
    async with in_chat(room, host_page) as host:
        await sync_to_async(change_room)(room=room, actor=alice, name=room.name, settings={"allow_chat": False})
        assert await host.chat.verdict("typing.set", on=True) == "chat.not-allowed"
