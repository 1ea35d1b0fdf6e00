import pytest
from playwright.sync_api import expect

MARKUP = '<b>bold</b> <img src="x" onerror="document.title=1"> & "more"'


@pytest.fixture
def host(cast, alice, room):
    return cast.member(alice).join(room)


@pytest.fixture
def gina(cast, room, host):
    return cast.guest().join(room)


def write(person, text):
    person.panel("Chat").get_by_role("textbox", name="Message").fill(text)
    person.press("Send")


def said(person, text):
    return person.page.get_by_role("log", name="Messages").get_by_text(text, exact=True)


def test_what_is_written_is_read_by_the_other(host, gina):
    gina.press("Chat")
    write(gina, "Hello Alice")

    host.is_told("Gina: Hello Alice")
    host.press("Chat, 1 unread")
    expect(said(host, "Hello Alice")).to_be_visible()
    expect(host.button("Chat")).to_have_attribute("aria-expanded", "true")

    write(host, "Hello Gina")

    expect(said(gina, "Hello Gina")).to_be_visible()
    expect(said(gina, "Hello Alice")).to_have_count(1)


def test_unread_messages_are_counted(host, gina):
    gina.press("Chat")
    for text in ("one", "two", "three"):
        write(gina, text)

    expect(host.button("Chat, 3 unread")).to_be_visible()


def test_markup_is_only_text(host, gina):
    host.press("Chat")
    gina.press("Chat")

    write(gina, MARKUP)

    expect(said(host, MARKUP)).to_be_visible()
    expect(host.page.get_by_role("log").get_by_role("img")).to_have_count(0)


def test_who_comes_back_reads_what_was_said(host, gina):
    gina.press("Chat")
    write(gina, "before")
    expect(host.button("Chat, 1 unread")).to_be_visible()

    gina.page.reload()

    gina.press("Chat")
    expect(said(gina, "before")).to_be_visible()
