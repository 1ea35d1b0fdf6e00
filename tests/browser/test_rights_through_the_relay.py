"""The relay holds to what hosts decide, whatever a page does."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import each_other, until

PACKETS = """async ([type, field]) => {
  let packets = 0;
  for (const peer of window.keptForTests.peers.filter(({ connectionState }) => connectionState !== "closed"))
    for (const one of (await peer.getStats()).values())
      if (one.type === type && one.kind === "audio") packets += one[field];
  return packets;
}"""
NEVER_HANGS_UP = "() => { Object.getPrototypeOf(RTCPeerConnection).prototype.close = () => undefined; }"
CONNECTED = """() => window.keptForTests.peers
  .filter(({ connectionState }) => connectionState === "connected").length"""


@pytest.fixture
def host(cast, alice, relayed):
    return cast.member(alice).join(relayed)


def packets_sent_by(person):
    return person.page.evaluate(PACKETS, ["outbound-rtp", "packetsSent"])


def packets_heard_by(person):
    return person.page.evaluate(PACKETS, ["inbound-rtp", "packetsReceived"])


def heard_while_sending(listener, speaker, count):
    """What arrives while so many packets of sound are sent."""
    heard, sent = packets_heard_by(listener), packets_sent_by(speaker)
    until(lambda: packets_sent_by(speaker) >= sent + count, f"{speaker.name} sends nothing")
    return packets_heard_by(listener) - heard


def test_nothing_of_who_was_muted_arrives_though_their_page_sends_on(cast, relayed, host):
    gina = cast.guest().join(relayed)
    each_other(host, gina)
    assert heard_while_sending(host, gina, 25) > 0
    gina.sends_sound_whatever_the_page_does()
    host.press("People, 2")

    host.press("Mute Gina")

    expect(host.tile("Gina")).to_have_accessible_name("Gina, muted")
    until(lambda: heard_while_sending(host, gina, 25) == 0, "Gina is still heard")
    assert heard_while_sending(host, gina, 100) == 0
    host.sees("Gina")

    host.press("Ask Gina to unmute")
    gina.press("Unmute")
    until(lambda: heard_while_sending(host, gina, 25) > 0, "Gina is not heard again")


def test_who_was_removed_is_cut_off_though_their_page_does_not_hang_up(cast, relayed, host):
    gina = cast.guest().join(relayed)
    each_other(host, gina)
    assert gina.page.evaluate(CONNECTED) == 2
    gina.page.evaluate(NEVER_HANGS_UP)
    host.press("People, 2")

    host.press("Remove Gina")
    host.dialog("Remove Gina?").get_by_role("button", name="Remove").click()

    gina.sees_heading("You were removed by the host")
    host.is_with()
    until(lambda: gina.page.evaluate(CONNECTED) == 0, "Gina is still connected")
