import pytest
from playwright.sync_api import expect

PHONE = {"width": 360, "height": 640}
DESK = {"width": 1440, "height": 900}
CONTROLS = {"Mute microphone", "Turn off camera", "Raise hand", "Reactions", "Chat", "People, 2", "More options"}
WIDER_THAN_THE_WINDOW = "document.documentElement.scrollWidth > innerWidth"


@pytest.fixture
def host(cast, alice, room):
    return cast.member(alice, viewport=DESK).join(room)


def within(person, locator):
    box, window = locator.bounding_box(), person.page.viewport_size
    assert box["x"] >= 0 and box["y"] >= 0
    assert box["x"] + box["width"] <= window["width"]
    assert box["y"] + box["height"] <= window["height"]
    return box


def test_on_a_phone_every_control_is_in_reach(cast, room, host):
    gina = cast.guest(viewport=PHONE, has_touch=True, is_mobile=True).join(room)
    gina.sees("Alice")

    for name in (*CONTROLS, "Leave"):
        box = within(gina, gina.button(name))
        assert box["width"] >= 36 and box["height"] >= 36
    for menu, item in (("Reactions", "👎"), ("Reactions", "👍"), ("More options", "Keyboard shortcuts")):
        gina.button(menu).tap()
        within(gina, gina.page.get_by_role("menuitem", name=item))
        gina.button(menu).tap()
    for name in ("Alice", "Gina"):
        box = within(gina, gina.tile(name))
        assert box["width"] > 150
    assert not gina.page.evaluate(WIDER_THAN_THE_WINDOW)


def test_on_a_phone_a_panel_fills_the_screen_and_closes(cast, room, host):
    gina = cast.guest(viewport=PHONE, has_touch=True, is_mobile=True).join(room)
    gina.button("Chat").tap()
    box = within(gina, gina.panel("Chat"))
    assert box["width"] == PHONE["width"]
    within(gina, gina.page.get_by_role("textbox", name="Message"))
    within(gina, gina.button("Send"))

    gina.button("Close chat").tap()

    expect(gina.panel("Chat")).to_be_hidden()
    within(gina, gina.controls)


def test_at_a_desk_tiles_controls_and_panel_stand_side_by_side(cast, room, host):
    gina = cast.guest().join(room)
    host.sees("Gina")
    host.press("People, 2")

    for name in (*CONTROLS, "Share screen", "Leave"):
        within(host, host.button(name))
    panel = within(host, host.panel("People"))
    for name in ("Alice", "Gina"):
        box = within(host, host.tile(name))
        assert box["x"] + box["width"] <= panel["x"]
        assert box["width"] > 350
    assert not host.page.evaluate(WIDER_THAN_THE_WINDOW)
    assert gina.open_connections == 1
