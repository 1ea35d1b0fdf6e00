"""What the apps above add to a record; chat is one of them."""

import pytest

from rooms import record
from tests.conftest import browser_of
from tests.rooms.people import ago, come_in, guest, member, running

AT = "2026-03-01T10:15:00+00:00"


@pytest.fixture(autouse=True)
def no_providers(monkeypatch):
    monkeypatch.setattr(record, "_sections", {})


def row(content: str, *, author: str = "Gina", type: str = "TEXT", at=AT) -> dict[str, object]:
    return {"number": 1, "at": at, "author": author, "type": type, "content": content}


def page_with(room, alice, *rows) -> str:
    come_in(room, guest(room))
    record.register("chat", lambda meeting, reader: list(rows))
    return browser_of(alice).get(f"/meetings/{running(room).pk}/").text


def test_each_provider_is_asked_about_the_meeting(room):
    record.register("chat", lambda meeting, reader: [{"content": str(meeting)}])
    record.register("files", lambda meeting, reader: [])
    come_in(room, guest(room))
    assert record.sections(running(room)) == {"chat": [{"content": str(running(room))}], "files": []}


def test_each_provider_is_asked_for_whom(room, alice, bob):
    come_in(room, member(bob))
    record.register("chat", lambda meeting, reader: [row(f"For {reader.display_name}", author="")])
    for user in (alice, bob):
        for ending in ("", "record.csv", "record.json"):
            text = browser_of(user).get(f"/meetings/{running(room).pk}/{ending}").content.decode()
            assert [name for name in ("Alice", "Bob") if f"For {name}" in text] == [user.display_name]


def test_each_section_is_shown_by_the_template_of_its_name(room, alice, settings, tmp_path):
    (tmp_path / "rooms/record").mkdir(parents=True)
    (tmp_path / "rooms/record/polls.html").write_text(
        "<h2>Polls</h2>{% for row in rows %}{{ row.question }}{% endfor %}"
    )
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [*settings.TEMPLATES[0]["DIRS"], tmp_path]}]
    record.register("polls", lambda meeting, reader: [{"question": "Tea or coffee?"}])
    assert "<h2>Polls</h2>Tea or coffee?" in page_with(room, alice, row("Hello"))


def test_a_section_may_count_itself(room, alice):
    record.register(
        "polls", lambda meeting, reader: [], counter=lambda rows: [record.Figure("polls", "Polls", len(rows))]
    )
    assert "<dt>Polls</dt><dd>0</dd>" in page_with(room, alice, row("Hello"))


def test_files_are_listed_with_their_size(room, alice):
    page = page_with(room, alice, row("Hello"), row("plan <1>.pdf", type="FILE") | {"file": "/chat/f/", "size": 12345})
    listed = page[page.index("files-heading") :]
    assert '<a href="/chat/f/" download>plan &lt;1&gt;.pdf</a>' in listed and "12.1\xa0KB · Gina" in listed
    assert "Hello" not in listed


def test_without_files_there_is_no_list_of_them(room, alice):
    assert "files-heading" not in page_with(room, alice, row("Hello") | {"file": "", "size": None})


def test_chat_is_a_log_with_author_and_time(room, alice):
    alice.time_zone = "Asia/Tokyo"
    alice.save()
    page = page_with(room, alice, row("Hello\nall"))
    assert "Hello<br>all" in page and ">19:15<" in page and '<p class="who">Gina</p>' in page


def test_a_time_may_be_a_datetime(room, alice):
    at = ago(hours=1)
    assert f">{at:%H:%M}<" in page_with(room, alice, row("Hello", at=at))


@pytest.mark.parametrize("verb", ["joined", "left"])
def test_who_came_and_went_is_said_in_words(room, alice, verb):
    assert f"Gina {verb}</p>" in page_with(room, alice, row(verb, type="SYSTEM"))


def test_markup_in_chat_is_text(room, alice):
    page = page_with(room, alice, row('<img src=x onerror="alert(1)">', author="<b>G</b>"))
    assert "<img src=x" not in page and "&lt;img src=x" in page and "&lt;b&gt;G" in page


def test_links_in_chat_can_be_followed_but_vouch_for_nothing(room, alice):
    page = page_with(room, alice, row("see https://example.org/a?b=1&c=2 or javascript:alert(1)"))
    assert '<a href="https://example.org/a?b=1&amp;c=2" rel="nofollow">' in page
    assert 'href="javascript' not in page


def test_without_chat_there_is_no_chat(room, alice):
    assert "chat-heading" not in page_with(room, alice)
