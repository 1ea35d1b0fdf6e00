"""To one person alone, and by name: what the others see of it, and what a person is told."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_chat_in_the_call import said, write
from tests.browser.test_the_whole_chat import about


@pytest.fixture
def both(cast, alice, room):
    """Alice, who hosts, and Gina, with the chat open."""
    host, gina = cast.member(alice).join(room), cast.guest().join(room)
    for one in (host, gina):
        one.press("Chat")
    return host, gina


def recipient(person):
    return person.panel("Chat").get_by_role("combobox", name="To")


def field(person):
    return person.panel("Chat").get_by_role("textbox", name="Message")


def line(person, text):
    return person.page.locator(".chat-message").filter(has_text=text)


def test_a_private_message_and_its_answers_are_for_the_two(both, cast, bob, room):
    host, gina = both
    other = cast.member(bob).join(room)
    other.press("Chat")
    recipient(gina).select_option("Alice")
    expect(gina.button("Attach file")).to_be_hidden()
    write(gina, "between us")

    expect(line(host, "between us")).to_contain_text("Private: from Gina")
    expect(line(gina, "between us")).to_contain_text("Private: you to Alice")

    about(host, "between us", "Reply")
    expect(recipient(host)).to_have_value(recipient(host).locator("option", has_text="Gina").get_attribute("value"))
    write(host, "I see")
    expect(line(gina, "I see")).to_contain_text("Private: from Alice")

    recipient(host).select_option("Everyone")
    write(host, "to all")
    expect(said(other, "to all")).to_be_visible()
    expect(other.page.locator(".chat-message")).to_have_count(1)


def test_a_private_message_to_somebody_who_left_is_not_sent_to_all(both):
    host, gina = both
    recipient(host).select_option("Gina")
    gina.press("Leave")
    gina.sees_heading("You left the meeting")
    expect(host.panel("Chat").get_by_text("Gina is not here any more. Choose whom to write to.")).to_be_visible()

    write(host, "between us")
    expect(field(host)).to_have_value("between us")
    expect(recipient(host)).to_be_focused()
    expect(host.page.locator(".chat-message")).to_have_count(0)

    recipient(host).select_option("Everyone")
    expect(recipient(host)).to_be_hidden()
    host.press("Send")
    expect(said(host, "between us")).to_be_visible()


def turn_off(host, room, switch):
    settings = host.in_another_tab().visit(f"/rooms/{room.code}/settings/")
    settings.page.get_by_label(switch).uncheck()
    settings.press("Save")
    settings.reads("The settings are saved.")
    settings.page.close()


def test_what_the_host_turns_off_is_gone_at_once(both, room):
    host, gina = both
    recipient(gina).select_option("Alice")
    turn_off(host, room, "Allow private messages")
    expect(gina.panel("Chat").get_by_text("The host has turned off private messages.")).to_be_visible()
    recipient(gina).select_option("Everyone")
    expect(recipient(gina)).to_be_hidden()
    expect(recipient(host)).to_be_hidden()

    expect(gina.button("Attach file")).to_be_visible()
    turn_off(host, room, "Allow files")
    expect(gina.button("Attach file")).to_be_hidden()
    gina.page.evaluate(
        """() => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File(["hello"], "hello.txt"));
          const drop = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
          document.querySelector("#chat").dispatchEvent(drop);
        }"""
    )
    expect(gina.panel("Chat").get_by_text("The host has turned off files.")).to_be_visible()
    expect(gina.page.locator(".chat-message")).to_have_count(0)


def test_nobody_else_hears_that_somebody_writes_privately(both, cast, bob, room):
    host, gina = both
    other = cast.member(bob).join(room)
    other.press("Chat")
    recipient(gina).select_option("Alice")
    field(gina).press_sequentially("Hm")
    recipient(gina).select_option("Everyone")
    field(gina).press_sequentially("!")
    expect(other.panel("Chat").get_by_text("Gina is typing")).to_be_visible()
    recipient(gina).select_option("Alice")
    expect(other.panel("Chat").get_by_text("Gina is typing")).to_be_hidden(timeout=2000)


def test_people_are_named_by_keys_alone(both):
    host, gina = both
    host.press("Close chat")
    field(gina).press_sequentially("Hello @a")
    people = gina.page.get_by_role("listbox", name="People to mention")
    expect(people.get_by_role("option")).to_have_text(["Alice"])
    gina.types("Escape")
    expect(people).to_be_hidden()
    expect(gina.panel("Chat")).to_be_visible()
    gina.types("Backspace", "Backspace", "@", "ArrowDown", "Tab")
    expect(field(gina)).to_have_value("Hello @Alice ")
    expect(field(gina)).to_be_focused()
    gina.types("Enter")

    host.is_told("Gina mentioned you: Hello @Alice")
    host.press("Chat, 1 unread")
    expect(said(host, "@Alice")).to_be_visible()
    assert said(host, "@Alice").evaluate("(one) => one.tagName") == "MARK"
    assert said(gina, "@Alice").evaluate("(one) => one.tagName") == "SPAN"


def test_people_are_named_by_touch_and_names_are_only_text(cast, alice, room):
    name = '<img src=x onerror="document.title=1">'
    host, guest = cast.member(alice, has_touch=True).join(room), cast.guest(name).join(room)
    for one in (host, guest):
        one.press("Chat")
    expect(recipient(host).get_by_role("option")).to_have_text(["Everyone", name])
    field(host).press_sequentially("@")
    host.page.get_by_role("option", name=name).last.tap()
    expect(field(host)).to_have_value(f"@{name} ")
    host.press("Send")
    expect(guest.page.locator("mark.chat-mention")).to_have_text(f"@{name}")
    expect(guest.page.get_by_role("log").get_by_role("img")).to_have_count(0)
