import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.test_chat_in_the_call import said, write


@pytest.fixture
def both(cast, alice, room):
    """Alice, who hosts, and Gina, with the chat open."""
    host, gina = cast.member(alice).join(room), cast.guest().join(room)
    for one in (host, gina):
        one.press("Chat")
    return host, gina


def about(person, text, item):
    """Chooses from the menu of a message."""
    line = person.page.locator(".chat-message").filter(has_text=text)
    line.get_by_role("button", name="Message options").click()
    person.page.get_by_role("menu", name="Message options").get_by_role("menuitem", name=item).click()


def test_what_was_said_is_corrected_and_taken_back(both):
    host, gina = both
    write(gina, "Se you at nine")
    about(gina, "Se you at nine", "Edit message")
    write(gina, "See you at nine")
    expect(said(host, "See you at nine")).to_be_visible()
    host.reads("Edited")

    about(host, "See you at nine", "Delete message")
    expect(said(gina, "See you at nine")).to_have_count(0)


def test_an_answer_shows_what_it_answers_and_a_reaction_who_gave_it(both):
    host, gina = both
    write(host, "Shall we begin?")
    about(gina, "Shall we begin?", "Reply")
    write(gina, "Yes")
    quote = host.page.locator(".chat-message").filter(has_text="Yes").locator(".chat-quote")
    expect(quote).to_contain_text("Shall we begin?")

    about(gina, "Yes", "👍")
    expect(host.page.locator(".chat-reactions").get_by_role("button")).to_contain_text("👍")


def test_who_writes_is_shown_while_they_do(both):
    host, gina = both
    gina.panel("Chat").get_by_role("textbox", name="Message").press_sequentially("Hm")
    expect(host.panel("Chat").get_by_text("Gina is typing")).to_be_visible()
    expect(host.panel("Chat").get_by_text("Gina is typing")).to_be_hidden()


def test_a_picture_is_sent_seen_and_downloaded(both, tmp_path):
    host, gina = both
    picture = tmp_path / "plan.png"
    Image.new("RGB", (64, 48), "teal").save(picture)
    with gina.page.expect_file_chooser() as chooser:
        gina.press("Attach file")
    chooser.value.set_files(picture)
    shown = host.panel("Chat").locator(".chat-picture")
    expect(shown).to_be_visible()
    assert shown.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 64
    with host.page.expect_download() as download:
        host.panel("Chat").get_by_role("link", name="plan.png").click()
    assert download.value.suggested_filename.startswith("plan")


def test_words_are_found_again(both):
    host, gina = both
    for text in ("The budget is open", "Lunch?"):
        write(host, text)
        expect(said(gina, text)).to_be_visible()
    search = gina.panel("Chat").get_by_role("searchbox", name="Search in chat")
    search.fill("budget")
    search.press("Enter")
    expect(gina.panel("Chat").get_by_role("region", name="Found in chat")).to_contain_text("The budget is open")
