import asyncio
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async

from chat.models import Message
from tests.chat.people import in_chat, in_chat_again, said, seated, spoken

pytestmark = pytest.mark.django_db(transaction=True)


async def test_what_one_says_the_other_hears_in_order(room, host_page, guest_page):
    async with in_chat(room, host_page) as alice, in_chat(room, guest_page) as gina:
        for word in ("one", "two", "three"):
            assert (await alice.say(word))["type"] == "done"
        heard = [await gina.hear() for _ in range(3)]
        assert [one["content"] for one in heard] == ["one", "two", "three"]
        assert heard[0]["author"] == {"participant": alice.joined["you"], "name": "Alice"}
        assert heard[0]["number"] < heard[1]["number"] < heard[2]["number"]
        assert heard[0]["at"].endswith("Z")


async def test_events_are_counted_without_gaps_from_the_snapshot_on(room, host_page, guest_page):
    async with in_chat(room, host_page) as alice, in_chat(room, guest_page) as gina:
        await gina.say("hello")
        seqs = []
        while not seqs or seqs[-1] < (await alice.chat.ask("thread.resync"))["seq"]:
            seqs.append((await alice.chat.event("message.posted"))["seq"])
        assert seqs == list(range(alice.joined["seq"] + 1, seqs[-1] + 1))


async def test_who_comes_later_sees_the_latest_fifty_and_pages_back(room, alice, guest_page):
    host = await sync_to_async(seated)(room, alice)
    for number in range(1, 121):
        await sync_to_async(said)(host, f"message {number}")
    async with in_chat(room, guest_page) as gina:
        page, shown = gina.joined, []
        while True:
            assert len(page["messages"]) <= 50
            shown = page["messages"] + shown
            if not page["more"]:
                break
            page = await gina.chat.ask("message.list", before=shown[0]["number"])
        assert spoken(gina.joined["messages"])[-49:] == [f"message {number}" for number in range(72, 121)]
        assert spoken(shown) == [f"message {number}" for number in range(1, 121)]
        assert [one["content"] for one in shown if one["type"] == "SYSTEM"] == ["joined", "joined"]


async def test_a_message_sent_again_is_there_once(room, host_page, guest_page):
    async with in_chat(room, host_page) as alice, in_chat(room, guest_page) as gina:
        mine = str(uuid4())
        first, again = await gina.say("hello", mine), await gina.say("hello", mine)
        assert first["message"] == again["message"]
        assert first["message"]["client_id"] == mine
        await gina.say("after")
        assert [(await alice.hear())["content"] for _ in range(2)] == ["hello", "after"]


async def test_the_same_message_from_two_sockets_at_once_is_there_once(room, host_page):
    async with in_chat(room, host_page) as alice, in_chat_again(alice, host_page) as other:
        mine = str(uuid4())
        answers = await asyncio.gather(*(one.say("hello", mine) for one in (alice, other)))
        assert answers[0]["message"] == answers[1]["message"]
        assert await Message.objects.filter(client_id=mine).acount() == 1


async def test_two_people_may_use_the_same_client_id(room, host_page, guest_page):
    async with in_chat(room, host_page) as alice, in_chat(room, guest_page) as gina:
        mine = str(uuid4())
        await alice.say("from Alice", mine)
        await gina.say("from Gina", mine)
        assert [(await alice.hear())["content"] for _ in range(2)] == ["from Alice", "from Gina"]


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script><img src=x onerror=alert(1)>&amp;",
        "\u202egnihtemos\u202c \u2067עברית\u2069 العربية",
        "👩‍👩‍👧‍👦 two\nlines\twith a tab",
    ],
)
async def test_text_arrives_as_it_was_typed(room, host_page, guest_page, text):
    async with in_chat(room, host_page) as alice, in_chat(room, guest_page) as gina:
        await gina.say(text)
        assert (await alice.hear())["content"] == text
        assert spoken((await alice.chat.ask("thread.resync"))["messages"]) == [text]


async def test_how_far_one_has_read_is_kept_and_never_goes_back(room, host_page):
    async with in_chat(room, host_page) as alice:
        number = (await alice.say("hello"))["message"]["number"]
        for claimed in (number, 0, number + 1000):
            assert (await alice.chat.ask("thread.read", number=claimed))["type"] == "done"
            assert (await alice.chat.ask("thread.resync"))["read"] == number
