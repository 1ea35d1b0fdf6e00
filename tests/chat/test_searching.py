import pytest

from chat import history
from chat.services.revising import delete_message
from realtime.refusals import Refused
from rooms.services.rooms import create_room
from tests.chat.people import in_chat, said, seated

pytestmark = pytest.mark.django_db(transaction=True)


def found(person, text):
    return [one["content"] for one in history.search(reader=person, text=text)]


def test_what_people_said_is_found_latest_first_and_nothing_else(room, alice, bob):
    host = seated(room, alice)
    for text in ("The Plan", "100 % sure", "Über den План", "my plan"):
        said(host, text)
    deleted = said(host, "an old plan")
    delete_message(participant_id=host.pk, message_id=deleted.pk)
    said(seated(create_room(host=bob, name="Other"), bob), "another plan")
    assert found(host, " plan ") == ["my plan", "The Plan"]
    assert found(host, "%") == ["100 % sure"]
    assert found(host, ".") == found(host, "_") == []
    assert found(host, "ÜBER DEN план") == ["Über den План"]
    assert found(host, "joined") == []


def test_at_most_fifty_are_found(room, alice):
    host = seated(room, alice)
    for number in range(51):
        said(host, f"plan {number}")
    assert found(host, "plan") == [f"plan {number}" for number in range(50, 0, -1)]


def test_nothing_is_not_searched_for(room, alice):
    with pytest.raises(Refused, match="search.empty"):
        found(seated(room, alice), "  ")


async def test_searching_by_the_socket(room, host_page):
    async with in_chat(room, host_page) as alice:
        message = (await alice.say("The plan"))["message"]
        assert (await alice.chat.ask("message.search", text="plan"))["messages"] == [message]
        assert await alice.chat.verdict("message.search", text="x" * 101) == "command.invalid"
