"""Rooms whose media goes through the relay."""

import os
import signal

import pytest
from playwright.sync_api import expect

from tests.browser.people import each_other, until

CONNECTED = """() => window.keptForTests.peers
  .filter(({ connectionState }) => connectionState === "connected").length"""
SOUND_PACKETS = """async () => {
  let packets = 0;
  for (const peer of window.keptForTests.peers.filter(({ connectionState }) => connectionState !== "closed"))
    for (const one of (await peer.getStats()).values())
      if (one.type === "inbound-rtp" && one.kind === "audio") packets += one.packetsReceived;
  return packets;
}"""
MADE = "() => window.keptForTests.peers.length"


@pytest.fixture
def host(cast, alice, relayed):
    return cast.member(alice).join(relayed)


def gets_no_sound(person):
    """Nothing arrives while the others send ten pictures."""
    heard = person.page.evaluate(SOUND_PACKETS)
    seen = person.frames_of("Alice")
    until(lambda: person.frames_of("Alice") >= seen + 10, "no pictures")
    return person.page.evaluate(SOUND_PACKETS) == heard


def one_connection_each_way(*people):
    for person in people:
        assert person.open_connections == 2
        assert person.page.evaluate(CONNECTED) == 2


def test_three_people_see_and_hear_each_other_by_two_connections_each(cast, relayed, host, bob):
    member, guest = cast.member(bob).join(relayed), cast.guest().join(relayed)

    each_other(host, member, guest)

    for person in (host, member, guest):
        person.hears_somebody()
    one_connection_each_way(host, member, guest)


def test_a_camera_goes_off_and_comes_back_without_another_connection(cast, relayed, host):
    gina = cast.guest().join(relayed)
    each_other(host, gina)

    gina.press("Turn off camera")
    expect(host.tile("Gina").locator("video")).to_be_hidden()
    gina.press("Turn on camera")

    host.sees("Gina")
    one_connection_each_way(host, gina)


def test_who_is_muted_sends_nothing_until_they_unmute(cast, relayed, host):
    gina = cast.guest().join(relayed)
    host.press("Mute microphone")
    gina.press("Mute microphone")
    expect(host.tile("Gina")).to_have_accessible_name("Gina, muted")
    until(lambda: not gina.sends("audio"), "Gina still sends")

    gina.press("Unmute microphone")

    host.hears_somebody()


def test_a_reload_takes_the_seat_and_its_media_over(cast, relayed, host):
    gina = cast.guest().join(relayed)
    each_other(host, gina)

    gina.page.reload()

    each_other(host, gina)
    host.hears_somebody()
    gina.hears_somebody()
    host.is_with("Gina")
    one_connection_each_way(host, gina)


def test_who_leaves_is_gone_and_who_comes_next_is_seen(cast, relayed, host):
    gina = cast.guest().join(relayed)
    host.sees("Gina")
    gina.press("Leave")
    host.is_with()

    charlie = cast.guest("Charlie").join(relayed)

    each_other(host, charlie)
    host.is_with("Charlie")
    gina.let_everything_go()


def test_a_shared_screen_is_seen(cast, relayed, host):
    gina = cast.guest().join(relayed)

    host.press("Share screen")

    gina.sees("Screen of Alice", "Alice")
    host.press("Stop sharing")
    expect(gina.tile("Screen of Alice")).to_have_count(0)
    gina.sees("Alice")


def test_who_speaks_is_shown(cast, relayed, host):
    gina = cast.guest().join(relayed)
    host.press("Mute microphone")

    for person in (host, gina):
        until(lambda person=person: "speaking" in str(person.tile("Gina").get_attribute("class")), "nobody speaks")


def test_media_comes_back_after_the_worker_has_died(cast, relayed, host):
    gina = cast.guest().join(relayed)
    each_other(host, gina)

    [worker] = cast.server.relay_workers()
    os.kill(worker, signal.SIGKILL)

    for person in (host, gina):
        until(lambda person=person: person.page.evaluate(MADE) == 4, f"{person.name} does not begin anew")
    each_other(host, gina)
    gina.hears_somebody()
    one_connection_each_way(host, gina)


def test_the_sound_of_a_shared_screen_is_heard_until_the_share_ends(cast, relayed, host):
    gina = cast.guest().join(relayed)
    each_other(host, gina)
    for person in (host, gina):
        person.press("Mute microphone")
    until(lambda: gets_no_sound(gina), "Gina still hears somebody")

    host.press("Share screen")

    until(lambda: not gets_no_sound(gina), "Gina does not hear the screen")
    assert gina.sounds_played == 1
    host.press("Stop sharing")
    expect(gina.tile("Screen of Alice")).to_have_count(0)
    until(lambda: gets_no_sound(gina), "Gina still hears the screen")
