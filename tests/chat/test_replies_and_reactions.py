from pathlib import Path
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from chat import history
from chat.models import EMOJI, Message, Reaction
from chat.services.responding import react
from chat.services.revising import delete_message, edit_message
from chat.services.talking import post_message
from realtime.refusals import Refused
from rooms.record import sections
from rooms.services.rooms import change_room, create_room
from tests.chat.people import in_chat, said, seated, seated_guest

pytestmark = pytest.mark.django_db(transaction=True)


def answered(person, original, text="indeed"):
    return post_message(participant_id=person.pk, text=text, client_id=uuid4(), reply_to=original.pk)


def shown(person, message):
    [found] = [one for one in history.snapshot(person)["messages"] if one["id"] == message.pk]
    return found


async def test_a_reply_quotes_the_first_eighty_characters(room, host_page, guest_page):
    async with in_chat(room, host_page) as alice, in_chat(room, guest_page) as gina:
        first = (await gina.say("é" * 100))["message"]
        sent = await alice.chat.ask("message.send", content="yes", client_id=str(uuid4()), reply_to=first["id"])
        assert sent["message"]["reply_to"] == {"id": first["id"], "name": "Gina", "text": "é" * 80}
        assert [(await gina.hear())["reply_to"] for _ in range(2)] == [None, sent["message"]["reply_to"]]


def test_a_quote_follows_its_original_and_goes_with_it(room, alice):
    host = seated(room, alice)
    original = said(host, "my password")
    reply = answered(host, original)
    edit_message(participant_id=host.pk, message_id=original.pk, text="a slip")
    assert shown(host, reply)["reply_to"]["text"] == "a slip"
    assert sections(host.meeting)["chat"][-1]["reply_to"] == original.number
    delete_message(participant_id=host.pk, message_id=original.pk)
    assert shown(host, reply)["reply_to"] is None
    assert sections(host.meeting)["chat"][-1]["reply_to"] is None


def test_one_answers_only_what_is_in_the_same_thread_and_there(room, alice, bob):
    host = seated(room, alice)
    elsewhere = said(seated(create_room(host=bob, name="Elsewhere"), bob), "hello")
    deleted = said(host, "a slip")
    delete_message(participant_id=host.pk, message_id=deleted.pk)
    noted = Message.objects.filter(thread_id=host.meeting_id, type="SYSTEM").first()
    for original in (elsewhere, deleted, noted):
        with pytest.raises(Refused, match="message.not-found"):
            answered(host, original)


async def test_reactions_are_counted_by_person_and_everybody_hears(room, host_page, guest_page):
    async with in_chat(room, host_page) as alice, in_chat(room, guest_page) as gina:
        first = (await gina.say("hello"))["message"]
        for person in (alice, gina):
            answer = await person.chat.ask("message.react", message=first["id"], emoji="👍", on=True)
        assert answer["reactions"] == [
            {
                "emoji": "👍",
                "by": [
                    {"participant": alice.joined["you"], "name": "Alice"},
                    {"participant": gina.joined["you"], "name": "Gina"},
                ],
            }
        ]
        events = [await alice.chat.event("message.reacted") for _ in range(2)]
        assert [one["seq"] for one in events] == [first["number"] + 1, first["number"] + 2]
        assert events[1]["reactions"] == answer["reactions"]
        state = await gina.chat.ask("thread.resync")
        assert state["messages"][-1]["reactions"] == answer["reactions"]


def test_a_reaction_is_there_once_and_taken_off_again(room, alice):
    host = seated(room, alice)
    message = said(host, "hello")
    for on, count in ((True, 1), (True, 1), (False, 0), (False, 0)):
        react(participant_id=host.pk, message_id=message.pk, emoji="🎉", on=on)
        assert Reaction.objects.count() == count
    assert history.current_seq(host.meeting_id) == message.number + 2


def test_the_database_keeps_a_reaction_once_and_of_the_set(room, alice):
    host = seated(room, alice)
    message = said(host, "hello")
    Reaction.objects.create(message=message, participant=host, emoji="👍")
    for emoji in ("👍", "🦄"):
        with pytest.raises(IntegrityError):
            Reaction.objects.create(message=message, participant=host, emoji=emoji)


@pytest.mark.parametrize(
    ("emoji", "change", "code"),
    [
        ("🦄", {}, "reaction.unknown"),
        ("👍", {"allow_chat": False}, "chat.not-allowed"),
        ("👍", {"allow_reactions": False}, "reaction.not-allowed"),
    ],
)
async def test_reactions_that_are_refused(room, alice, host_page, emoji, change, code):
    async with in_chat(room, host_page) as host:
        first = (await host.say("hello"))["message"]["id"]
        await sync_to_async(change_room)(room=room, actor=alice, name=room.name, settings=change)
        assert await host.chat.verdict("message.react", message=first, emoji=emoji, on=True) == code


def test_a_deleted_message_takes_its_reactions_along(room, alice):
    host = seated(room, alice)
    message = said(host, "hello")
    react(participant_id=host.pk, message_id=message.pk, emoji="👍", on=True)
    assert sections(host.meeting)["chat"][-1]["reactions"] == "👍 1"
    delete_message(participant_id=host.pk, message_id=message.pk)
    assert not Reaction.objects.exists()


def test_a_page_of_messages_costs_as_many_queries_as_one(room, alice):
    host, gina = seated(room, alice), seated_guest(room)
    counts = []
    for _ in range(2):
        original = said(gina, "hello")
        answered(host, original)
        for person in (host, gina):
            react(participant_id=person.pk, message_id=original.pk, emoji="👍", on=True)
        with CaptureQueriesContext(connection) as queries:
            history.older(reader=host, before=None)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_panel_offers_every_reaction():
    panel = (Path(__file__).parents[2] / "templates/chat/panel.html").read_text()
    assert [emoji for emoji in EMOJI if f'data-value="{emoji}"' not in panel] == []
