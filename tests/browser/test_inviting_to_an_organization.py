"""From a new organization to its second member, by the link in a mail; and who sees nothing of it."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import ANSWERED_WITH_A_REFUSAL, Cast
from tests.browser.people import Person
from tests.organizations.people import link_to

PASSWORD = "correct horse battery"


def reads_well(person: Person) -> None:
    found = Axe().run(person.page)
    assert found.violations_count == 0, found.generate_report()


def follows(person: Person, name: str) -> None:
    person.page.get_by_role("link", name=name, exact=True).click()


def makes_acme(host: Person) -> None:
    host.visit("/rooms/")
    follows(host, "Organizations")
    follows(host, "Create organization")
    host.page.get_by_label("Name").fill("Acme")
    host.press("Create organization")
    expect(host.page.get_by_role("navigation", name="Acme")).to_be_visible()


def invites(host: Person, email: str, role: str) -> str:
    host.visit("/organizations/acme/people/")
    host.page.get_by_label("Email").fill(email)
    host.page.get_by_label("Role", exact=True).select_option(role)
    host.press("Send invitation")
    expect(host.page.get_by_role("status")).to_contain_text(f"An invitation is on its way to {email}.")
    reads_well(host)
    return link_to(email)


def signs_up_by(link: str, dora: Person) -> None:
    dora.visit(link)
    expect(dora.page.get_by_text("dora@example.org")).to_be_visible()
    reads_well(dora)
    follows(dora, "Create account")
    expect(dora.page.get_by_label("Email")).to_have_value("dora@example.org")
    dora.page.get_by_label("Display name").fill("Dora")
    dora.page.get_by_label("Password").fill(PASSWORD)
    dora.press("Create account")
    reads_well(dora)
    dora.press("Accept invitation")
    expect(dora.page.get_by_role("status")).to_contain_text("You are now a member of Acme.")


def test_a_mail_brings_in_the_second_member(cast_in_windows: Cast, alice, charlie):
    cast = cast_in_windows
    cast.expects_complaints(ANSWERED_WITH_A_REFUSAL)
    host, dora = cast.member(alice), cast.guest("Dora")
    makes_acme(host)
    link = invites(host, "dora@example.org", "Viewer")

    signs_up_by(link, dora)

    tabs = dora.page.get_by_role("navigation", name="Acme")
    expect(tabs.get_by_role("link", name="People")).to_be_visible()
    expect(tabs.get_by_role("link", name="Settings")).not_to_be_visible()
    dora.visit("/organizations/acme/settings/").sees_heading("That is not possible")
    host.page.reload()
    expect(host.page.get_by_text("Dora", exact=True)).to_be_visible()

    stranger = cast.member(charlie)
    stranger.visit(link).sees_heading("This invitation does not work")
    expect(stranger.visit("/organizations/acme/").page.get_by_text("Acme")).to_have_count(0)


def test_a_link_that_was_passed_on_says_whom_it_is_for(cast: Cast, alice, charlie):
    host, charlies = cast.member(alice), cast.member(charlie)
    makes_acme(host)
    charlies.visit(invites(host, "dora@example.org", "Member"))
    expect(charlies.page.get_by_text("You are signed in as charlie@example.org")).to_be_visible()
    expect(charlies.button("Accept invitation")).not_to_be_visible()
    reads_well(charlies)
    charlies.press("Use another account")
    expect(charlies.page.get_by_role("link", name="Create account")).to_be_visible()
