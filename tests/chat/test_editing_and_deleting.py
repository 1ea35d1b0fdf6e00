import json
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.urls import reverse

from audit.models import AuditEntry
from chat.models import Message
from chat.services import revising
from realtime.refusals import Refused
from rooms.services.rooms import change_room
from tests.chat.people import in_chat, said, seated, seated_guest, spoken

pytestmark = pytest.mark.django_db(transaction=True)


def edit(person, message, text):
    return revising.edit_message(participant_id=person.pk, message_id=message.pk, text=text)


def delete(person, message):
    revising.delete_message(participant_id=person.pk, message_id=message.pk)


async def test_who_wrote_it_puts_it_otherwise_and_everybody_hears(room, host_page, guest_page):
    async with in_chat(room, host_page) as alice, in_chat(room, guest_page) as gina:
        first = (await gina.say("helo"))["message"]
        answer = await gina.chat.ask("message.edit", message=first["id"], content=" hello\x00 ")
        event = await alice.chat.event("message.edited")
        assert event["message"] == answer["message"]
        assert event["message"] == first | {"content": "hello", "edited_at": event["message"]["edited_at"]}
        assert first["edited_at"] is None
        assert event["message"]["edited_at"].endswith("Z")
        assert event["seq"] == first["number"] + 1
        assert spoken((await alice.chat.ask("thread.resync"))["messages"]) == ["hello"]


async def test_what_is_deleted_is_in_no_answer(room, host_page, guest_page):
    async with in_chat(room, host_page) as alice, in_chat(room, guest_page) as gina:
        mine = str(uuid4())
        first = (await gina.say("my password", mine))["message"]
        assert await alice.chat.verdict("message.delete", message=first["id"]) == "done"
        event = await gina.chat.event("message.deleted")
        assert event == {"type": "message.deleted", "seq": first["number"] + 1, "message": first["id"]}
        assert spoken((await gina.chat.ask("thread.resync"))["messages"]) == []
        assert spoken((await gina.chat.ask("message.list", before=99))["messages"]) == []
        assert await gina.chat.verdict("message.delete", message=first["id"]) == "message.not-found"
        assert await gina.chat.verdict("message.edit", message=first["id"], content="x") == "message.not-found"
        assert (await gina.say("my password", mine))["code"] == "message.not-found"


async def test_events_stay_without_gaps(room, host_page, guest_page):
    async with in_chat(room, host_page) as alice, in_chat(room, guest_page) as gina:
        number = (await gina.say("one"))["message"]["number"]
        second = (await gina.say("two"))["message"]["id"]
        await gina.chat.ask("message.edit", message=second, content="three")
        await gina.chat.ask("message.delete", message=second)
        await gina.say("four")
        kinds = ("posted", "posted", "edited", "deleted", "posted")
        seqs = [(await alice.chat.event(f"message.{kind}", seq=number + at))["seq"] for at, kind in enumerate(kinds)]
        assert (await alice.chat.ask("connection.renew"))["seq"] == seqs[-1]


def test_the_words_are_gone_from_the_row_the_record_and_its_files(room, alice, client):
    host, gina = seated(room, alice), seated_guest(room)
    message = said(gina, "my password")
    delete(host, message)
    row = Message.objects.get(pk=message.pk)
    assert (row.content, row.author_name) == ("", "Gina")
    assert row.deleted_at is not None
    client.force_login(alice)
    for name in ("meeting-record", "meeting-record-csv", "meeting-record-json"):
        assert b"my password" not in page(client, name, host.meeting_id)


def page(client, name, meeting_id):
    answer = client.get(reverse(name, args=[meeting_id]))
    assert answer.status_code == 200
    return answer.content


def test_the_audit_names_the_message_and_never_its_words(room, alice):
    host, gina = seated(room, alice), seated_guest(room)
    message = said(gina, "my password")
    delete(host, message)
    entry = AuditEntry.objects.get(action="message.deleted")
    assert (entry.entity_id, entry.actor_id) == (str(message.pk), alice.pk)
    assert entry.changes == {"meeting": str(host.meeting_id)}
    assert "password" not in json.dumps(entry.changes)


def test_the_same_words_again_change_nothing(room, alice):
    host = seated(room, alice)
    message = edit(host, said(host, "hello"), " hello ")
    assert message.edited_at is None
    assert message.thread.seq == message.number


@pytest.mark.parametrize(
    ("who", "text", "code"),
    [("host", "x", "message.not-yours"), ("guest", " ", "message.empty"), ("guest", "x" * 2001, "message.too-long")],
)
def test_what_cannot_be_edited_so(room, alice, who, text, code):
    people = {"host": seated(room, alice), "guest": seated_guest(room)}
    message = said(people["guest"], "hello")
    with pytest.raises(Refused, match=code):
        edit(people[who], message, text)
    assert Message.objects.get(pk=message.pk).content == "hello"


def test_a_member_deletes_only_their_own(room, alice, bob):
    host, member = seated(room, alice), seated(room, bob)
    message = said(host, "hello")
    with pytest.raises(Refused, match="message.not-yours"):
        delete(member, message)
    delete(member, said(member, "a slip"))
    assert spoken_in(host) == ["hello"]


def spoken_in(person):
    found = Message.objects.visible().spoken().filter(thread_id=person.meeting_id)
    return list(found.values_list("content", flat=True))


def test_what_the_server_noted_is_nobodys(room, alice):
    host = seated(room, alice)
    with pytest.raises(Refused, match="message.not-found"):
        delete(host, Message.objects.get(content="joined"))


async def test_with_chat_off_one_may_take_back_but_not_rewrite(room, alice, host_page):
    async with in_chat(room, host_page) as host:
        first = (await host.say("hello"))["message"]["id"]
        await sync_to_async(change_room)(room=room, actor=alice, name=room.name, settings={"allow_chat": False})
        assert await host.chat.verdict("message.edit", message=first, content="x") == "chat.not-allowed"
        assert await host.chat.verdict("message.delete", message=first) == "done"


def test_the_record_says_what_was_edited(room, alice, client):
    host = seated(room, alice)
    edit(host, said(host, "helo"), "hello")
    client.force_login(alice)
    assert "(edited)" in page(client, "meeting-record", host.meeting_id).decode()
