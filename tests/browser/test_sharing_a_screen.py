import pytest
from playwright.sync_api import expect

from tests.browser.people import until

THE_BROWSERS_OWN_BAR = """() => {
  const screen = window.keptForTests.tracks.filter(({ kind }) => kind === "video").at(-1);
  screen.stop();
  screen.dispatchEvent(new Event("ended"));
}"""


@pytest.fixture
def host(cast, alice, room):
    return cast.member(alice).join(room)


@pytest.fixture
def gina(cast, room):
    return cast.guest()


def test_it_is_seen_beside_the_camera_until_it_is_stopped(room, host, gina):
    gina.join(room)
    gina.sees("Alice")
    captured = len(host.live_tracks)

    host.press("Share screen")

    expect(host.button("Stop sharing")).to_have_attribute("aria-pressed", "true")
    expect(host.tile("Your screen")).to_be_visible()
    gina.sees("Screen of Alice", "Alice")
    expect(gina.tile("Alice")).to_have_accessible_name("Alice, host, presenting")

    host.press("Stop sharing")

    expect(gina.tile("Screen of Alice")).to_have_count(0)
    expect(gina.tile("Alice")).to_have_accessible_name("Alice, host")
    expect(host.button("Share screen")).to_be_visible()
    gina.sees("Alice")
    until(lambda: len(host.live_tracks) == captured, "the screen is still captured")


def test_the_next_presenter_takes_over(room, host, gina):
    gina.join(room)
    host.press("Share screen")
    gina.sees("Screen of Alice")

    gina.press("Share screen")

    host.is_told("Gina is presenting now")
    host.sees("Screen of Gina")
    expect(host.button("Share screen")).to_be_visible()
    expect(host.tile("Your screen")).to_have_count(0)
    expect(host.tile("Gina")).to_have_accessible_name("Gina, presenting")
    expect(gina.tile("Alice")).to_have_accessible_name("Alice, host")


def test_who_comes_later_sees_it_too(room, host, gina):
    host.press("Share screen")
    expect(host.button("Stop sharing")).to_be_visible()

    gina.join(room)

    gina.sees("Screen of Alice", "Alice")


def test_stopping_it_in_the_browsers_own_bar_stops_it_here(room, host, gina):
    gina.join(room)
    host.press("Share screen")
    gina.sees("Screen of Alice")

    host.page.evaluate(THE_BROWSERS_OWN_BAR)

    expect(host.button("Share screen")).to_be_visible()
    expect(gina.tile("Screen of Alice")).to_have_count(0)
