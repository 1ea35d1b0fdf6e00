import pytest
from playwright.sync_api import expect

from tests.browser.people import until


@pytest.fixture
def host(cast, alice, room):
    return cast.member(alice).join(room)


@pytest.fixture
def bob_in_call(cast, bob, room, host):
    """Bob, with the host's panel of people open beside."""
    member = cast.member(bob).join(room)
    host.press("People, 2")
    return member


def test_a_host_mutes_somebody_and_asks_them_to_unmute(host, bob_in_call):
    host.press("Mute Bob")
    bob_in_call.is_told("Alice muted you.")
    expect(bob_in_call.button("Unmute microphone")).to_be_visible()
    until(lambda: not bob_in_call.sends("audio"), "Bob still sends sound")
    expect(host.tile("Bob, muted")).to_have_count(1)

    host.press("Ask Bob to unmute")
    bob_in_call.press("Unmute")
    expect(bob_in_call.button("Mute microphone")).to_be_visible()
    expect(host.button("Mute Bob")).to_be_visible()


def test_a_host_turns_off_a_camera(host, bob_in_call):
    host.press("Turn off Bob's camera")
    bob_in_call.is_told("Alice turned off your camera.")
    until(lambda: "video" not in bob_in_call.live_tracks, "Bob's camera is still on")


def test_all_are_muted_for_good(host, bob_in_call):
    host.press("Mute all for good")
    expect(bob_in_call.button("Unmute microphone")).to_be_disabled()
    bob_in_call.types("m")
    bob_in_call.is_told("The host does not allow unmuting.")


def test_a_co_host_gets_the_hosts_buttons(host, bob_in_call):
    bob_in_call.press("People, 2")
    expect(bob_in_call.button("Lock meeting")).to_be_hidden()
    host.press("Make Bob co-host")
    bob_in_call.press("Lock meeting")
    expect(host.button("Unlock meeting")).to_be_visible()
    host.press("Remove Bob as co-host")
    expect(bob_in_call.button("Unlock meeting")).to_be_hidden()
