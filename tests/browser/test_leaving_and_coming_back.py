from playwright.sync_api import expect

from tests.browser.people import each_other


def test_everything_is_let_go_and_rejoin_leads_back_in(cast, alice, room):
    host, gina = cast.member(alice).join(room), cast.guest().join(room)
    each_other(host, gina)

    gina.press("Leave")

    gina.sees_heading("You left the meeting")
    assert gina.focused == "You left the meeting"
    gina.let_everything_go()
    expect(gina.page.get_by_role("link", name="Back to home")).to_be_visible()
    host.is_told("Gina left")
    host.is_with()

    gina.press("Rejoin")
    expect(gina.page.get_by_label("Your name")).to_have_value("Gina")
    gina.enter()

    each_other(host, gina)
    host.is_with("Gina")


def test_who_closes_the_window_is_shown_as_away(cast, alice, room):
    host, gina = cast.member(alice).join(room), cast.guest().join(room)
    host.sees("Gina")

    gina.page.close()

    expect(host.tile("Gina").get_by_text("Reconnecting…")).to_be_visible()
