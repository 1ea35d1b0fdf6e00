"""Between browsers nobody can be silenced at the source: everybody else's page does it, and hosts hear the truth."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import until

STILL = "muted here; their browser still sends sound"
SEEN = f"""() => new MutationObserver(() => {{ window.seen ||= document.body.innerText.includes("{STILL}"); }})
  .observe(document.body, {{ subtree: true, childList: true, characterData: true, attributes: true }})"""


@pytest.fixture
def host(cast, alice, room):
    return cast.member(alice).join(room)


def test_somebody_whose_browser_goes_on_sending_is_heard_by_nobody(cast, room, bob, host):
    gina = cast.guest().join(room)
    member = cast.member(bob).join(room)
    host.press("People, 3")
    member.press("People, 3")
    host.reads("Sound goes directly between browsers. Muting somebody asks their browser to stop")
    for person in (host, member):
        until(lambda person=person: person.sounds_played == 2, "not everybody is heard")

    gina.sends_sound_whatever_the_page_does()
    host.press("Mute Gina")

    for person in (host, member):
        until(lambda person=person: person.sounds_played == 1, "Gina is still heard")
    expect(host.panel("People").get_by_role("listitem").filter(has_text="Gina")).to_contain_text(STILL)
    expect(member.panel("People")).not_to_contain_text(STILL)
    expect(host.panel("People").get_by_role("listitem").filter(has_text="Bob")).not_to_contain_text(STILL)

    host.press("Ask Gina to unmute")
    gina.press("Unmute")
    until(lambda: host.sounds_played == 2, "Gina is not heard again")
    expect(host.panel("People")).not_to_contain_text(STILL)


def test_nothing_is_said_of_a_browser_that_obeys(cast, room, host):
    gina = cast.guest().join(room)
    host.press("People, 2")
    host.page.evaluate(SEEN)
    host.hears_somebody()

    host.press("Mute Gina")
    gina.is_told("Alice muted you.")
    expect(gina.page.get_by_text("Alice muted you.")).to_be_hidden()  # five seconds later

    assert not host.page.evaluate("window.seen ?? false")
    assert host.sounds_played == 0


def test_the_sound_of_a_share_ends_with_the_share(cast, room, host):
    gina = cast.guest().join(room)
    host.hears_somebody()
    gina.press("Share screen")
    host.sees("Screen of Gina")
    before = host.sounds_played
    gina.sends_sound_whatever_the_page_does()
    host.press("People, 2")
    host.press("Stop Gina's screen share")

    expect(host.tile("Screen of Gina")).to_have_count(0)
    until(lambda: host.sounds_played == 1, f"{host.sounds_played} sounds after the share, {before} with it")
