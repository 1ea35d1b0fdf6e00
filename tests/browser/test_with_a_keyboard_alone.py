import pytest
from playwright.sync_api import expect

from tests.browser.people import until


@pytest.fixture
def host(cast, alice, room):
    return cast.member(alice).join(room)


@pytest.fixture
def gina(cast, room, host):
    return cast.guest().join(room)


def focus_is_on(person, name):
    until(lambda: person.focused == name, f"the focus is on {person.focused!r}, not on {name!r}")
    assert person.focus_is_seen


def test_from_the_link_into_the_call_and_out_again(cast, room, host):
    gina = cast.guest().visit(room)
    expect(gina.button("Join now")).to_be_visible()
    gina.tabs_to("Turn off camera")
    gina.types("Enter")
    focus_is_on(gina, "Turn on camera")
    gina.tabs_to("Your name")
    gina.page.keyboard.type("Gina")
    gina.types("Enter")
    expect(gina.controls).to_be_visible()
    expect(host.tile("Gina")).to_have_accessible_name("Gina")

    gina.tabs_to("Raise hand")
    gina.types("Enter")
    focus_is_on(gina, "Lower hand")
    gina.tabs_to("Leave")
    gina.types("Enter")

    gina.sees_heading("You left the meeting")
    gina.tabs_to("Rejoin")
    gina.types("Enter")
    expect(gina.button("Join now")).to_be_visible()


def test_letters_do_what_the_buttons_do(host, gina):
    for key, name in (
        ("m", "Unmute microphone"),
        ("v", "Turn on camera"),
        ("h", "Lower hand"),
        ("m", "Mute microphone"),
        ("v", "Turn off camera"),
        ("h", "Raise hand"),
        ("s", "Stop sharing"),
        ("s", "Share screen"),
    ):
        gina.types(key)
        expect(gina.button(name)).to_be_visible()
    host.sees("Gina")


def test_space_lets_a_muted_person_talk_while_it_is_held(host, gina):
    gina.types("m")
    expect(host.tile("Gina")).to_have_accessible_name("Gina, muted")

    gina.page.keyboard.down("Space")
    expect(host.tile("Gina")).to_have_accessible_name("Gina")
    assert gina.sends("audio")

    gina.page.keyboard.up("Space")
    expect(host.tile("Gina")).to_have_accessible_name("Gina, muted")
    assert not gina.sends("audio")


def test_space_talks_also_after_the_mouse_has_pressed_mute(host, gina):
    gina.press("Mute microphone")
    expect(host.tile("Gina")).to_have_accessible_name("Gina, muted")

    gina.page.keyboard.down("Space")
    expect(host.tile("Gina")).to_have_accessible_name("Gina")

    gina.page.keyboard.up("Space")
    expect(host.tile("Gina")).to_have_accessible_name("Gina, muted")


def test_panels_open_and_close_and_give_the_focus_back(host, gina):
    gina.types("c")
    focus_is_on(gina, "Message")
    gina.page.keyboard.type("mvh")  # here they are letters
    gina.types("Escape")
    expect(gina.panel("Chat")).to_be_hidden()
    focus_is_on(gina, "Chat")
    expect(gina.button("Mute microphone")).to_be_visible()

    gina.types("p")
    expect(gina.panel("People")).to_be_visible()
    focus_is_on(gina, "Close people")
    gina.types("Escape")
    expect(gina.panel("People")).to_be_hidden()
    focus_is_on(gina, "People, 2")


def test_one_panel_takes_the_place_of_the_other(host, gina):
    gina.types("p")
    gina.types("c")
    expect(gina.panel("People")).to_be_hidden()
    focus_is_on(gina, "Message")

    gina.types("Escape", "p")
    expect(gina.panel("People")).to_be_visible()
    gina.types("p")
    expect(gina.panel("People")).to_be_hidden()
    focus_is_on(gina, "People, 2")


def test_menus_are_walked_with_arrows_and_left_with_escape(host, gina):
    gina.types("r")
    focus_is_on(gina, "👍")
    gina.types("ArrowRight")
    focus_is_on(gina, "👏")
    gina.types("Enter")
    expect(host.page.get_by_text("👏").filter(visible=True)).to_be_visible()
    focus_is_on(gina, "Reactions")

    gina.types("Enter", "Escape")
    focus_is_on(gina, "Reactions")


def test_a_dialog_gives_the_focus_back(gina):
    gina.types("?")
    expect(gina.dialog("Keyboard shortcuts")).to_be_visible()
    gina.types("Escape")
    expect(gina.dialog("Keyboard shortcuts")).to_be_hidden()

    gina.tabs_to("More options")
    gina.types("Enter")
    focus_is_on(gina, "Devices")
    gina.types("Enter")
    expect(gina.dialog("Devices")).to_be_visible()
    gina.types("Escape")
    expect(gina.dialog("Devices")).to_be_hidden()
    focus_is_on(gina, "More options")


def test_leaving_by_keys(host, gina):
    gina.types("Control+Shift+L")
    gina.sees_heading("You left the meeting")

    host.types("Tab", "Control+Shift+L")
    focus_is_on(host, "Leave meeting")
    host.types("ArrowDown")
    focus_is_on(host, "End meeting for all")
    host.types("Escape")
    focus_is_on(host, "Leave")
    host.types("Control+Shift+L", "ArrowDown", "Enter")
    host.sees_heading("The host ended the meeting")


def test_a_person_who_stands_at_the_keyboard_may_leave_while_typing(host, gina):
    gina.types("c")
    gina.page.keyboard.type("Bye")

    gina.types("Control+Shift+L")

    gina.sees_heading("You left the meeting")


def test_the_focus_stays_in_the_panel_of_people_while_it_changes(host, gina):
    gina.types("h")
    host.press("People, 2")
    host.tabs_to("Mute Gina")
    host.types("Enter")
    focus_is_on(host, "Ask Gina to unmute")
    gina.press("Turn off camera")  # what others do meanwhile takes nobody's focus
    expect(host.button("Turn off Gina's camera")).to_be_hidden()
    focus_is_on(host, "Ask Gina to unmute")

    host.tabs_to("Lower Gina's hand")
    host.types("Enter")
    focus_is_on(host, "Ask Gina to unmute")

    host.tabs_to("Remove Gina")
    host.types("Enter", "Escape")
    focus_is_on(host, "Remove Gina")


def test_the_menu_of_a_person_is_walked_with_arrows(host, gina):
    host.press("People, 2")
    host.press("Close people")
    host.types("p")
    host.tabs_to("More for Gina")
    host.types("Enter")
    focus_is_on(host, "Spotlight Gina")
    host.types("ArrowDown")
    focus_is_on(host, "Rename Gina")
    host.types("Escape")
    focus_is_on(host, "More for Gina")
    expect(host.panel("People")).to_be_visible()

    host.types("Enter", "ArrowDown", "Enter")
    focus_is_on(host, "Name")
    host.page.keyboard.type("Regina")
    host.types("Enter")
    focus_is_on(host, "More for Regina")


def test_who_removes_somebody_is_left_at_the_list(host, gina):
    host.press("People, 2")
    host.tabs_to("Remove Gina")
    host.types("Enter")
    focus_is_on(host, "They may come back")
    host.types("Tab", "Tab", "Enter")

    gina.sees_heading("You were removed by the host")
    focus_is_on(host, "In the meeting")
