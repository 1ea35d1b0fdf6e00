"""Naming people with an @. Who is named is what the server says, not what a page claims."""

import pytest

from chat import history
from chat.models import Mention
from chat.services.revising import delete_message, edit_message
from rooms.models import Participant, ParticipantState
from rooms.services.rooms import create_room
from tests.chat.people import in_chat, said, seated, seated_guest

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def host(room, alice):
    return seated(room, alice)


@pytest.fixture
def gina(room, host):
    return seated_guest(room)


def named(person):
    """Whom the latest message names, as this person sees it."""
    return [one["name"] for one in history.snapshot(person)["messages"][-1]["mentions"]]


async def test_everybody_hears_who_is_named(room, host_page, guest_page):
    async with in_chat(room, host_page) as alice, in_chat(room, guest_page) as gina:
        sent = (await alice.say("Hello @Gina!", mentions=[gina.you]))["message"]
        assert sent["mentions"] == [{"participant": gina.you, "name": "Gina"}]
        assert await gina.hear() == sent


def test_only_who_is_named_in_the_text_counts(host, gina):
    said(host, "Hello Gina, @gina, gina@example.org", mentions=[gina.pk, host.pk])
    assert named(gina) == []


def test_names_are_found_whatever_is_in_them(room, host):
    names = ["<b>Bold</b>", "עדי \u200f", "Zoë 👩‍👩‍👧", "a.*(b"]
    people = [seated_guest(room, name) for name in names]
    said(host, " ".join(f"@{person.name}" for person in people), mentions=[person.pk for person in people])
    assert sorted(named(host)) == sorted(person.name for person in people)


@pytest.mark.parametrize("state", [ParticipantState.LEFT, ParticipantState.WAITING, ParticipantState.REMOVED])
def test_who_is_not_inside_is_not_named(host, gina, state):
    Participant.objects.filter(pk=gina.pk).update(state=state)
    said(host, "Hello @Gina", mentions=[gina.pk])
    assert named(host) == []


def test_people_of_another_meeting_are_not_named(host, bob):
    elsewhere = seated(create_room(host=bob, name="Other"), bob)
    said(host, "Hello @Bob", mentions=[elsewhere.pk])
    assert named(host) == []


def test_a_private_message_names_the_two_alone(room, host, gina, bob):
    member = seated(room, bob)
    everybody = [host.pk, gina.pk, member.pk]
    said(host, "@Alice says that @Bob told @Gina", to=gina.pk, mentions=everybody)
    assert named(gina) == ["Alice", "Gina"]


def test_editing_says_anew_who_is_named(room, host, gina, bob):
    member = seated(room, bob)
    message = said(host, "Hello @Gina", mentions=[gina.pk])
    edited = edit_message(
        participant_id=host.pk, message_id=message.pk, text="Hello @Bob", mentions=[gina.pk, member.pk, member.pk]
    )
    assert [one.name for one in edited.mentions.all()] == named(gina) == ["Bob"]


def test_a_mention_keeps_the_name_that_stands_in_the_text(host, gina):
    said(host, "Hello @Gina", mentions=[gina.pk])
    Participant.objects.filter(pk=gina.pk).update(guest_name="Regina")
    assert named(host) == ["Gina"]


def test_a_deleted_message_names_nobody(host, gina):
    message = said(host, "Hello @Gina", mentions=[gina.pk])
    delete_message(participant_id=host.pk, message_id=message.pk)
    assert not Mention.objects.exists()
