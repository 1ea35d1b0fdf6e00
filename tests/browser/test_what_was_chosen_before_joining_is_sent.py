import pytest
from playwright.sync_api import expect


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
