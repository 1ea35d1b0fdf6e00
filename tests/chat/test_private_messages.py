"""What one person writes to another is for these two, whichever way it could come out."""

import json
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.services import delete_account
from chat import history
from chat.models import Message, Reaction
from chat.services.responding import react
from chat.services.revising import delete_message, edit_message
from realtime.refusals import Refused
from rooms.models import Participant, ParticipantState
from rooms.record import sections
from rooms.services.rooms import change_room, create_room
from tests.chat.people import in_chat, in_chat_again, said, seated, seated_guest, spoken
from tests.conftest import browser_of

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "between us"


@pytest.fixture
def host(room, alice):
    return seated(room, alice)


@pytest.fixture
def member(room, bob):
    return seated(room, bob)


@pytest.fixture
def gina(room, host):
    return seated_guest(room)


def reads(person):
    """What this person finds in the thread, by every way of reading it."""
    everything = [
        history.snapshot(person)["messages"],
        history.older(reader=person, before=2**50)["messages"],
        history.search(reader=person, text=SECRET),
    ]
    found = [[one["content"] for one in page if SECRET in one["content"]] for page in everything]
    assert found[0] == found[1] == found[2][::-1]
    return found[0]


def test_only_the_two_find_it_not_even_the_host(host, member, gina):
    said(member, SECRET, to=gina.pk)
    assert (reads(member), reads(gina), reads(host)) == ([SECRET], [SECRET], [])


async def test_the_two_hear_it_and_the_others_that_something_was_counted(room, host_page, guest_page, bobs_page):
    async with (
        in_chat(room, host_page) as alice,
        in_chat(room, bobs_page) as bob,
        in_chat(room, guest_page) as gina,
        in_chat_again(gina, guest_page) as too,
    ):
        sent = (await bob.say_to(gina, SECRET))["message"]
        assert sent["to"] == {"participant": gina.you, "name": "Gina"}
        seq = sent["number"]
        for reader in (bob, gina, too):
            assert (await reader.chat.event("message.posted", seq=seq))["message"] == sent
        assert await alice.chat.event("thread.advanced") == {"type": "thread.advanced", "seq": seq}
        assert (await alice.say("to all"))["message"]["to"] is None
        assert (await alice.hear())["content"] == "to all"


async def test_every_event_of_it_is_for_the_two(room, host_page, guest_page, bobs_page):
    async with in_chat(room, host_page) as alice, in_chat(room, bobs_page) as bob, in_chat(room, guest_page) as gina:
        sent = (await bob.say_to(gina, SECRET))["message"]
        await bob.chat.ask("message.edit", message=sent["id"], content=f"{SECRET}, again")
        await gina.chat.ask("message.react", message=sent["id"], emoji="👍", on=True)
        await gina.say("sure", reply_to=sent["id"])
        await bob.chat.ask("message.delete", message=sent["id"])
        kinds = ("posted", "edited", "reacted", "posted", "deleted")
        for reader in (bob, gina):
            for at, kind in enumerate(kinds):
                await reader.chat.event(f"message.{kind}", seq=sent["number"] + at)
        for at in range(len(kinds)):
            seq = sent["number"] + at
            assert await alice.chat.event("thread.advanced", seq=seq) == {"type": "thread.advanced", "seq": seq}
        assert SECRET not in "\n".join(alice.chat.transcript)
        assert sent["id"] not in "\n".join(alice.chat.transcript)


def test_a_reply_to_it_stays_between_the_two(host, member, gina):
    first = said(member, SECRET, to=gina.pk)
    answer = said(gina, f"also {SECRET}", reply_to=first.pk)
    again = said(member, f"and {SECRET}", reply_to=answer.pk, to=gina.pk)
    assert (answer.recipient, again.recipient) == (member, gina)
    assert len(reads(gina)) == 3
    assert reads(host) == []


def test_a_reply_to_it_goes_to_nobody_else(host, member, gina):
    first = said(member, SECRET, to=gina.pk)
    for who in (host, gina):
        with pytest.raises(Refused, match="private.other-recipient"):
            said(gina, SECRET, reply_to=first.pk, to=who.pk)
    with pytest.raises(Refused, match="message.not-found"):
        said(host, "what?", reply_to=first.pk)


def test_what_was_said_to_all_may_be_answered_privately(host, member, gina):
    question = said(host, "Shall we?")
    answer = said(gina, SECRET, reply_to=question.pk, to=member.pk)
    assert history.snapshot(member)["messages"][-1]["reply_to"]["text"] == "Shall we?"
    assert answer.is_private and reads(host) == []


def test_who_may_not_read_it_has_no_hold_of_it(host, member, gina):
    message = said(member, SECRET, to=gina.pk)
    attempts = (
        lambda: react(participant_id=host.pk, message_id=message.pk, emoji="👍", on=True),
        lambda: edit_message(participant_id=host.pk, message_id=message.pk, text="x"),
        lambda: delete_message(participant_id=host.pk, message_id=message.pk),
    )
    for attempt in attempts:
        with pytest.raises(Refused, match="message.not-found"):
            attempt()
    assert Message.objects.get(pk=message.pk).content == SECRET


def test_whom_it_is_for_neither_rewrites_nor_deletes_it_unless_hosting(host, member, gina):
    to_guest, to_host = said(member, SECRET, to=gina.pk), said(member, SECRET, to=host.pk)
    for attempt in (edit_message, delete_message):
        fields = {"text": "x"} if attempt is edit_message else {}
        with pytest.raises(Refused, match="message.not-yours"):
            attempt(participant_id=gina.pk, message_id=to_guest.pk, **fields)
    delete_message(participant_id=host.pk, message_id=to_host.pk)
    assert len(reads(member)) == 1


def test_the_words_of_a_deleted_one_are_gone(host, member, gina):
    message = said(member, SECRET, to=gina.pk)
    answer = said(gina, "yes", reply_to=message.pk)
    delete_message(participant_id=member.pk, message_id=message.pk)
    assert (reads(member), reads(gina)) == ([], [])
    assert Message.objects.get(pk=message.pk).content == ""
    [shown] = [one for one in history.snapshot(gina)["messages"] if one["id"] == answer.pk]
    assert shown["reply_to"] is None


@pytest.mark.parametrize(("to", "code"), [("self", "private.to-yourself"), ("nobody", "participant.not-found")])
def test_nobody_writes_privately_to(host, to, code):
    with pytest.raises(Refused, match=code):
        said(host, SECRET, to={"self": host.pk, "nobody": uuid4()}[to])
    assert not Message.objects.filter(type="TEXT").exists()


@pytest.mark.parametrize("state", [one for one in ParticipantState.values if one != "ADMITTED"])
def test_one_writes_privately_to_those_inside_only(host, gina, state):
    Participant.objects.filter(pk=gina.pk).update(state=state)
    with pytest.raises(Refused, match="participant.not-found"):
        said(host, SECRET, to=gina.pk)


def test_people_of_another_meeting_are_nobody_here(host, bob):
    with pytest.raises(Refused, match="participant.not-found"):
        said(host, SECRET, to=seated(create_room(host=bob, name="Other"), bob).pk)


def test_an_answer_to_somebody_who_has_left_is_not_made_public(host, member, gina):
    first = said(gina, SECRET, to=member.pk)
    Participant.objects.filter(pk=gina.pk).update(state=ParticipantState.LEFT)
    with pytest.raises(Refused, match="participant.not-found"):
        said(member, SECRET, reply_to=first.pk)
    Participant.objects.filter(pk=gina.pk).delete()
    with pytest.raises(Refused, match="participant.not-found"):
        said(member, SECRET, reply_to=first.pk)
    assert (reads(member), reads(host)) == ([SECRET], [])


def test_where_they_are_off_none_is_written_changed_or_answered(host, member, gina, room, alice):
    first = said(member, SECRET, to=gina.pk)
    change_room(room=room, actor=alice, name=room.name, settings={"allow_private_messages": False})
    attempts = (
        lambda: said(host, SECRET, to=gina.pk),
        lambda: said(gina, SECRET, reply_to=first.pk),
        lambda: edit_message(participant_id=member.pk, message_id=first.pk, text="x"),
        lambda: react(participant_id=gina.pk, message_id=first.pk, emoji="👍", on=True),
    )
    for attempt in attempts:
        with pytest.raises(Refused, match="private.not-allowed"):
            attempt()
    assert reads(gina) == [SECRET]
    said(gina, "to all")
    delete_message(participant_id=member.pk, message_id=first.pk)
    assert reads(gina) == []


async def test_the_snapshot_says_whether_they_are_allowed(room, alice, host_page):
    async with in_chat(room, host_page) as host:
        assert host.joined["private"] is True
        change = {"allow_private_messages": False}
        await sync_to_async(change_room)(room=room, actor=alice, name=room.name, settings=change)
        assert (await host.state())["private"] is False


async def test_who_comes_back_to_the_same_seat_reads_it_again(room, host_page, guest_page):
    async with in_chat(room, host_page) as alice:
        async with in_chat(room, guest_page) as gina:
            await alice.say_to(gina, SECRET)
            await gina.leave()
        async with in_chat(room, guest_page) as gina:
            assert spoken(gina.joined["messages"]) == [SECRET]


def test_sent_again_it_is_there_once_and_still_private(host, member, gina):
    mine = uuid4()
    first = said(member, SECRET, mine, to=gina.pk)
    assert said(member, SECRET, mine).pk == first.pk
    assert Message.objects.get(client_id=mine).is_private


def recorded(meeting, reader=None):
    return [(one["content"], one["to"]) for one in history.record_of(meeting, reader) if SECRET in one["content"]]


def test_in_the_record_each_finds_their_own_and_without_a_reader_there_is_none(host, member, gina, alice, bob, charlie):
    said(member, SECRET, to=gina.pk)
    said(host, f"also {SECRET}", to=member.pk)
    said(gina, f"third {SECRET}", to=host.pk)
    mine, hosts, guests = (SECRET, "Gina"), (f"also {SECRET}", "Bob"), (f"third {SECRET}", "Alice")
    assert recorded(host.meeting, bob) == [mine, hosts]
    assert recorded(host.meeting, alice) == [hosts, guests]
    assert recorded(host.meeting, charlie) == recorded(host.meeting) == []


@pytest.mark.parametrize("name", ["meeting-record", "meeting-record-csv", "meeting-record-json"])
def test_the_pages_and_files_of_the_record_show_it_to_the_two_alone(host, member, gina, alice, bob, name):
    said(member, SECRET, to=gina.pk)
    said(host, "only us", to=member.pk)
    url = reverse(name, args=[host.meeting_id])
    found = [browser_of(user).get(url).content.decode() for user in (alice, bob)]
    assert [SECRET in one for one in found] == [False, True]
    assert ["only us" in one for one in found] == [True, True]


def test_without_a_reader_a_record_has_none(host, member, gina):
    said(member, SECRET, to=gina.pk)
    assert SECRET not in json.dumps(sections(host.meeting), default=str)


def test_the_page_of_the_record_says_what_was_private(host, member, gina, bob):
    said(member, "to all")
    said(member, SECRET, to=gina.pk)
    shown = [
        render_to_string("rooms/record/chat.html", {"rows": [row]}) for row in history.record_of(host.meeting, bob)
    ]
    assert ["Private: to <bdi>Gina</bdi>" in one for one in shown[-2:]] == [False, True]


def test_who_deletes_their_account_makes_nothing_public(host, member, gina, alice, bob):
    said(member, SECRET, to=gina.pk)
    said(gina, SECRET, to=member.pk)
    said(member, SECRET, to=host.pk)
    delete_account(user=bob)
    assert (len(reads(gina)), len(reads(host))) == (2, 1)
    assert recorded(host.meeting, alice) == [(SECRET, "Alice")]
    assert recorded(host.meeting) == []


def test_a_seat_that_is_deleted_makes_nothing_public(host, member, gina, bob):
    said(member, SECRET, to=gina.pk)
    said(gina, SECRET, to=member.pk)
    Participant.objects.filter(pk=gina.pk).delete()
    rows = Message.objects.filter(content=SECRET)
    assert [one.is_private for one in rows] == [True, True]
    assert (len(reads(member)), reads(host)) == (2, [])
    Participant.objects.filter(pk=member.pk).delete()
    assert reads(host) == []


def test_the_database_keeps_it_private(host, member, gina):
    message = said(member, SECRET, to=gina.pk)
    mine = Message.objects.filter(pk=message.pk)
    for change in ({"is_private": False}, {"type": "FILE"}, {"recipient": member}):
        with pytest.raises(IntegrityError), transaction.atomic():
            mine.update(**change)


def test_operators_do_not_read_it_in_the_admin(host, member, gina, oscar):
    message = said(member, SECRET, to=gina.pk)
    react(participant_id=gina.pk, message_id=message.pk, emoji="👍", on=True)
    page = browser_of(oscar)
    thread = reverse("admin:chat_thread_delete", args=[message.thread_id])
    pages = [reverse(f"admin:chat_{name}_changelist") for name in ("message", "reaction")]
    for url in [*pages, f"{pages[0]}?q={SECRET}", thread]:
        answer = page.get(url)
        assert answer.status_code == 200
        assert f"{SECRET}<" not in answer.text and f": {SECRET}" not in answer.text
    assert page.get(reverse("admin:chat_message_change", args=[message.pk])).status_code == 302
    assert str(Reaction.objects.get().pk) not in page.get(pages[1]).text
