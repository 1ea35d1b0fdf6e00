import pytest
from playwright.sync_api import expect

from tests.browser.people import until


@pytest.fixture
def host(cast, alice, room):
    return cast.member(alice).join(room)


def test_who_turned_the_microphone_off_enters_muted(cast, room, host):
    gina = cast.guest().stand_in_lobby(room)
    gina.press("Turn off microphone")
    expect(gina.button("Turn on microphone")).to_be_visible()

    gina.enter()

    expect(host.tile("Gina")).to_have_accessible_name("Gina, muted")
    expect(gina.button("Unmute microphone")).to_have_attribute("aria-pressed", "false")
    host.sees("Gina")
    assert gina.sends("video")
    assert not gina.sends("audio")

    gina.press("Unmute microphone")

    expect(host.tile("Gina")).to_have_accessible_name("Gina")
    host.hears_somebody()


def test_who_turned_the_camera_off_is_an_avatar_until_it_is_turned_on(cast, room, host):
    gina = cast.guest().stand_in_lobby(room)
    gina.press("Turn off camera")
    gina.reads("Your camera is off")
    assert gina.live_tracks == ["audio"]

    gina.enter()

    host.hears_somebody()
    expect(host.tile("Gina").get_by_text("G", exact=True)).to_be_visible()
    expect(host.tile("Gina").locator("video")).to_be_hidden()
    assert host.frames_of("Gina") == 0
    assert not gina.sends("video")

    gina.press("Turn on camera")

    host.sees("Gina")
    expect(host.tile("Gina").get_by_text("G", exact=True)).to_be_hidden()


def test_the_light_of_the_camera_goes_off_with_the_camera(cast, room, host):
    gina = cast.guest().join(room)
    host.sees("Gina")

    gina.press("Turn off camera")

    expect(gina.button("Turn on camera")).to_be_visible()
    expect(host.tile("Gina").get_by_text("G", exact=True)).to_be_visible()
    assert gina.live_tracks == ["audio"]

    gina.press("Turn on camera")

    host.sees("Gina")


def test_the_next_meeting_begins_as_this_one_did(cast, room):
    gina = cast.guest().stand_in_lobby(room)
    gina.press("Turn off microphone")
    gina.press("Turn off camera")
    expect(gina.button("Turn on camera")).to_be_visible()

    gina.visit(room)

    expect(gina.button("Turn on microphone")).to_be_visible()
    expect(gina.button("Turn on camera")).to_be_visible()
    assert gina.live_tracks == []


ONCE_PLUGGED_IN = """(() => {
  const devices = navigator.mediaDevices;
  const native = devices?.getUserMedia.bind(devices);
  const pluggedIn = new Promise((done) => (window.plugIn = done));
  if (devices) devices.getUserMedia = (...given) => pluggedIn.then(() => native(...given));
})();"""


@pytest.fixture
def gina(cast, room):
    """Whose devices are not there yet, or whose browser still asks for leave to use them."""
    gina = cast.guest()
    gina.context.add_init_script(ONCE_PLUGGED_IN)
    return gina.stand_in_lobby(room)


def plug_in(gina):
    gina.page.evaluate("plugIn()")


def waits(gina, name, busy="true"):
    expect(gina.button(name)).to_have_attribute("aria-busy", busy)


def test_what_one_waits_for_is_seen_before_joining(gina):
    for name in ("Turn off microphone", "Turn off camera"):
        waits(gina, name)
    expect(gina.page.get_by_role("combobox", name="Camera")).to_contain_text("fake_device_0")

    gina.press("Turn off camera")
    waits(gina, "Turn on camera", "false")
    plug_in(gina)

    waits(gina, "Turn off microphone", "false")


def test_a_device_that_comes_after_joining_is_used_then(gina, host):
    gina.reads("Your camera is starting")
    gina.enter()
    for name in ("Mute microphone", "Turn off camera"):
        waits(gina, name)
    expect(host.tile("Gina")).to_have_accessible_name("Gina, muted")
    gina.sees("Alice")
    expect(gina.button("Turn off camera")).to_be_visible()

    plug_in(gina)

    host.sees("Gina")
    host.hears_somebody()
    expect(host.tile("Gina")).to_have_accessible_name("Gina")
    for name in ("Mute microphone", "Turn off camera"):
        waits(gina, name, "false")


def test_a_device_that_comes_while_one_joins_is_used_too(gina, host):
    gina.page.evaluate("document.getElementById('join-now').click(); plugIn()")
    host.sees("Gina")
    host.hears_somebody()
    expect(host.tile("Gina")).to_have_accessible_name("Gina")


def test_what_was_turned_off_before_it_came_stays_off(gina, host):
    gina.press("Turn off camera")
    gina.reads("Your camera is off")
    gina.enter()
    gina.press("Mute microphone")
    expect(gina.button("Unmute microphone")).to_be_visible()

    plug_in(gina)

    until(lambda: gina.live_tracks == ["audio"], "nothing came")
    expect(gina.button("Turn on camera")).to_be_visible()
    expect(host.tile("Gina")).to_have_accessible_name("Gina, muted")
    assert not gina.sends("audio") and not gina.sends("video")
    gina.press("Unmute microphone")
    host.hears_somebody()


def test_a_room_that_mutes_who_joins_mutes_what_comes_later_as_well(cast, alice, gina, room):
    room.settings.mute_participants_on_join = room.settings.camera_off_on_join = True
    room.settings.save()
    host = cast.member(alice).join(room)
    gina.enter()

    plug_in(gina)

    expect(gina.button("Unmute microphone")).to_be_visible()
    expect(gina.button("Turn on camera")).to_be_visible()
    until(lambda: gina.live_tracks == ["audio"], "the camera's light is on")
    assert not gina.sends("audio") and not gina.sends("video")
    expect(host.tile("Gina")).to_have_accessible_name("Gina, muted")
