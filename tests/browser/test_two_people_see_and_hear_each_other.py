import re

from playwright.sync_api import expect

from tests.browser.people import each_other

HOURS = """() => new MutationObserver(() => { window.hours ||= /\\d:\\d\\d:\\d\\d/.test(document.body.innerText); })
  .observe(document.body, { subtree: true, childList: true, characterData: true })"""
PASSWORD = "a long enough password"


def test_from_signing_up_to_talking_with_a_guest(cast):
    alice = cast.guest("Alice", permissions=["clipboard-read", "clipboard-write"])
    alice.visit("/")
    alice.page.get_by_role("link", name="Create account").click()
    alice.page.get_by_label("Email").fill("alice@example.org")
    alice.page.get_by_label("Display name").fill("Alice")
    alice.page.get_by_label("Password").fill(PASSWORD)
    alice.press("Create account")
    alice.press("New meeting")
    alice.reads("You join as Alice")
    alice.enter()
    alice.reads("You are the only one here. Share the link to invite others.")
    alice.press("Copy link")
    alice.is_told("The link was copied.")

    link = alice.page.evaluate("navigator.clipboard.readText()")
    gina = cast.guest("Gina").join(link)

    each_other(alice, gina)
    alice.hears_somebody()
    gina.hears_somebody()
    alice.is_with("Gina")
    gina.is_with("Alice")
    alice.is_told("Gina joined")
    expect(gina.tile("Alice")).to_have_accessible_name("Alice, host")
    expect(gina.tile("Gina")).to_have_accessible_name("Gina, you")
    expect(alice.page.get_by_text(re.compile("only one here"))).to_be_hidden()


def test_a_link_pasted_at_the_front_door_leads_to_the_meeting(cast, room):
    gina = cast.guest().visit("/")

    gina.page.get_by_label("Meeting code or link").fill(f"{cast.server.url}{room.join_path}")
    gina.press("Join")

    gina.sees_heading("Weekly")
    gina.reads("Hosted by Alice")
    gina.reads("Nobody is here yet")


def test_the_clock_counts_from_the_beginning(cast, alice, room):
    host = cast.member(alice).stand_in_lobby(room)
    host.page.evaluate(HOURS)

    host.enter()

    host.reads(re.compile(r"^0:0[1-9]$"))
    assert not host.page.evaluate("window.hours")
