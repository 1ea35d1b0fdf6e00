from playwright.sync_api import expect

from tests.browser.people import each_other

TILES_AT_MOST = """() => {
  const tiles = () => document.querySelectorAll('#tiles [role="group"]').length;
  window.mostTiles = tiles();
  new MutationObserver(() => { window.mostTiles = Math.max(window.mostTiles, tiles()); })
    .observe(document.body, { childList: true, subtree: true });
}"""


def test_a_guest_comes_back_with_name_hand_and_mute(cast, alice, room):
    host, gina = cast.member(alice).join(room), cast.guest().join(room)
    gina.press("Mute microphone")
    gina.press("Raise hand")
    expect(host.tile("Gina")).to_have_accessible_name("Gina, muted, hand raised")
    each_other(host, gina)
    host.page.evaluate(TILES_AT_MOST)

    gina.page.reload()

    expect(gina.tile("Gina")).to_have_accessible_name("Gina, you, muted, hand raised")
    expect(gina.button("Unmute microphone")).to_be_visible()
    expect(gina.button("Lower hand")).to_be_visible()
    each_other(host, gina)
    gina.hears_somebody()
    assert not gina.sends("audio")
    expect(host.tile("Gina")).to_have_accessible_name("Gina, muted, hand raised")
    host.is_with("Gina")
    assert host.page.evaluate("window.mostTiles") == 2


def test_a_host_comes_back_as_the_host(cast, alice, room):
    host, gina = cast.member(alice).join(room), cast.guest().join(room)
    gina.sees("Alice")
    host.press("Turn off camera")
    expect(gina.tile("Alice").locator("video")).to_be_hidden()

    host.page.reload()

    expect(host.tile("Alice")).to_have_accessible_name("Alice, you, host")
    expect(host.button("Turn on camera")).to_be_visible()
    assert host.live_tracks == ["audio"]
    host.sees("Gina")
    gina.hears_somebody()
    gina.is_with("Alice")
