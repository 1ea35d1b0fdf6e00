from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from accounts.services import delete_account
from chat.models import Message, Thread
from chat.services.revising import delete_message
from realtime import broadcast
from realtime.refusals import Refused
from rooms.models import Participant
from rooms.record import sections
from rooms.services.rooms import delete_room
from tests.chat.people import in_chat, said, seated, seated_guest, spoken
from tests.wire import wire

pytestmark = pytest.mark.django_db(transaction=True)


async def told(chatter, content, name):
    """Waits for the system message about this person."""
    while True:
        message = (await chatter.chat.event("message.posted"))["message"]
        if (message["content"], message["author"]["name"]) == (content, name):
            assert message["type"] == "SYSTEM"
            assert message["client_id"] is None
            return


async def test_who_comes_and_goes_is_told(room, host_page, guest_page):
    async with in_chat(room, host_page) as alice:
        assert [one["content"] for one in alice.joined["messages"]] == ["joined"]
        async with in_chat(room, guest_page) as gina:
            await told(alice, "joined", "Gina")
            await gina.leave()
            assert await gina.chat.closed() == 4410
        await told(alice, "left", "Gina")


async def test_who_has_left_cannot_come_back_to_the_chat_alone(room, host_page, guest_page):
    async with in_chat(room, host_page), in_chat(room, guest_page) as gina:
        await gina.leave()
        thread = gina.call.snapshot["meeting"]["id"]
        async with wire(f"/ws/chat/{thread}/", guest_page) as chat:
            assert (await chat.ask("thread.join"))["code"] == "thread.not-found"
        async with in_chat(room, guest_page) as again:
            assert (await again.say("back"))["type"] == "done"


async def test_a_late_goodbye_closes_no_socket_of_the_next_stay(room, host_page, guest_page, monkeypatch):
    held, publish = [], broadcast._publish

    def hold_back(delivery):
        late = delivery["close"] and delivery["topic"].startswith("thread.")
        (held.append if late else publish)(delivery)

    monkeypatch.setattr(broadcast, "_publish", hold_back)
    async with in_chat(room, host_page), in_chat(room, guest_page) as gina:
        await gina.leave()
        async with in_chat(room, guest_page) as again:
            assert held
            for delivery in held:
                publish(delivery)
            assert await gina.chat.closed() == 4410
            assert (await again.chat.ask("thread.resync"))["type"] == "done"


async def test_who_is_removed_hears_no_more_and_says_no_more(room, host_page, guest_page):
    async with in_chat(room, host_page) as alice, in_chat(room, guest_page) as gina:
        await alice.call.ask("participant.remove", participant=gina.joined["you"])
        await alice.say("in private")
        refused = await sync_to_async(_say_as)(gina.joined["you"])
        assert refused == "meeting.not-joined"
        assert await gina.chat.closed() == 4403
        assert "in private" not in "".join(gina.chat.transcript)
        async with wire(f"/ws/chat/{gina.call.snapshot['meeting']['id']}/", guest_page) as chat:
            assert (await chat.ask("thread.join"))["code"] == "thread.not-found"


def _say_as(participant_id):
    try:
        said(Participant.objects.get(pk=participant_id), "still here")
    except Refused as refused:
        return refused.code


async def test_signing_out_closes_the_chat(room, bobs_page, host_page):
    async with in_chat(room, host_page), in_chat(room, bobs_page) as bob:
        await sync_to_async(bobs_page.logout)()
        assert await bob.chat.closed() == 4401


def test_a_deleted_account_keeps_its_name_in_what_was_said(room, alice, bob):
    seated(room, alice)
    said(seated(room, bob), "hello")
    delete_account(user=bob)
    message = Message.objects.get(type="TEXT")
    assert (message.author_id, message.author_name, message.content) == (None, "Bob", "hello")


def test_a_deleted_room_takes_its_chat_along(room, alice):
    said(seated(room, alice), "hello")
    delete_room(room=room, actor=alice)
    assert not Thread.objects.exists()


def test_the_record_of_a_meeting_holds_what_was_said(room, alice):
    host, gina = seated(room, alice), seated_guest(room)
    said(gina, "hello")
    delete_message(participant_id=host.pk, message_id=said(host, "a slip").pk)
    chat = sections(host.meeting)["chat"]
    assert [(one["author"], one["type"], one["content"]) for one in chat] == [
        ("Alice", "SYSTEM", "joined"),
        ("Gina", "SYSTEM", "joined"),
        ("Gina", "TEXT", "hello"),
    ]
    assert spoken(chat) == ["hello"]


def test_a_join_costs_the_chat_three_queries(room, alice, bob):
    seated(room, alice)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        seated(room, bob)
    assert len([one for one in queries if '"chat_' in one["sql"]]) == 3


def test_a_client_id_is_only_for_one_message_even_without_the_lock(room, alice):
    message = said(seated(room, alice), "hello", uuid4())
    message.pk, message.number, message._state.adding = uuid4(), message.number + 1, True
    with pytest.raises(IntegrityError):
        message.save()


@pytest.mark.parametrize(
    "change",
    [
        {"content": "  "},
        {"content": "x" * 2001},
        {"type": "POEM"},
        {"client_id": None},
        {"deleted_at": "2026-01-01T00:00Z"},
    ],
)
def test_the_database_keeps_out_what_cannot_be(room, alice, change):
    message = said(seated(room, alice), "hello")
    with pytest.raises(IntegrityError):
        Message.objects.filter(pk=message.pk).update(**change)
