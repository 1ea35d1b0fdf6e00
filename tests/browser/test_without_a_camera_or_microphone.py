import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ALLOWED, DEVICES

MICROPHONE_BLOCKED = "The microphone is blocked. Allow it in the address bar of your browser, then switch it on again."
CAMERA_BLOCKED = "The camera is blocked. Allow it in the address bar of your browser, then switch it on again."


@pytest.fixture
def host(cast, alice, room):
    return cast.member(alice).join(room)


def explained(person, text):
    expect(person.page.get_by_role("alert").filter(has_text=text)).to_be_visible()


def test_without_a_camera(cast, room, host):
    gina = cast.guest(flags=(DEVICES,), permissions=["microphone"]).stand_in_lobby(room)
    explained(gina, CAMERA_BLOCKED)

    gina.enter()

    gina.sees("Alice")
    gina.hears_somebody()
    host.hears_somebody()
    expect(host.tile("Gina").get_by_text("G", exact=True)).to_be_visible()

    gina.press("Turn on camera")
    gina.is_told(CAMERA_BLOCKED)
    expect(gina.button("Turn on camera")).to_be_visible()


def test_without_a_microphone(cast, room, host):
    gina = cast.guest(flags=(DEVICES,), permissions=["camera"]).stand_in_lobby(room)
    explained(gina, MICROPHONE_BLOCKED)

    gina.enter()

    host.sees("Gina")
    gina.sees("Alice")
    gina.hears_somebody()
    expect(host.tile("Gina")).to_have_accessible_name("Gina, muted")


def test_with_neither_both_are_explained(cast, room, host):
    gina = cast.guest(flags=(DEVICES,), permissions=[]).stand_in_lobby(room)
    explained(gina, CAMERA_BLOCKED)
    explained(gina, MICROPHONE_BLOCKED)
    for kind in ("microphone", "camera"):
        expect(gina.page.get_by_role("combobox", name=kind)).to_have_text(f"Default {kind}")

    gina.enter()

    gina.sees("Alice")
    gina.hears_somebody()
    expect(host.tile("Gina")).to_have_accessible_name("Gina, muted")


def test_on_a_machine_that_has_none(cast, room, host):
    gina = cast.guest(flags=(ALLOWED,)).stand_in_lobby(room)
    explained(gina, "No camera was found. Plug one in, or join without.")
    explained(gina, "No microphone was found. Plug one in, or join without.")
    expect(gina.page.get_by_role("combobox", name="Camera")).to_have_text("No camera found")
    expect(gina.page.get_by_role("combobox", name="Microphone")).to_have_text("No microphone found")

    gina.enter()

    gina.sees("Alice")
    gina.hears_somebody()
