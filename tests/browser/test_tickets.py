"""Something is broken: reported where it is, worked on, and not over until whoever reported it says so."""

import pytest
from playwright.sync_api import expect

from bookings.spaces.models import Space
from bookings.tickets.models import Ticket
from organizations.models import Membership
from organizations.services import create_organization
from tests.browser.people import each_other, until
from tests.organizations.people import joins


@pytest.fixture
def acme(alice, bob):
    organization = create_organization(creator=alice, name="Acme")
    joins(organization, bob)
    return organization


def state_of(person, name):
    expect(person.page.get_by_role("main").get_by_text(name, exact=True).first).to_be_visible()


def test_a_problem_at_a_door_is_worked_on_until_it_is_solved(cast_in_windows, alice, bob, acme):
    cast = cast_in_windows
    space = Space.objects.create(organization=acme, name="Aquarium", capacity=8)
    admin, reporter = cast.member(alice), cast.member(bob)

    reporter.visit(f"/door/{space.door_key}/ticket/")
    reporter.page.get_by_label("What is wrong?").fill("The projector is dark")
    reporter.press("Send report")
    reporter.is_told("Your report has the number 1.")

    admin.visit("/organizations/acme/tickets/")
    admin.page.get_by_role("link", name="#1 The projector is dark").click()
    admin.press("Start work")
    state_of(admin, "In progress")
    admin.page.get_by_label("Assigned to").select_option("Alice")
    admin.page.get_by_role("switch", name="The space cannot be used").check()
    admin.press("Save")
    admin.reads("Blocks the space")
    admin.page.get_by_label("Comment").fill("A new lamp is ordered")
    admin.press("Add comment")
    admin.press("Resolve")
    state_of(admin, "Resolved")
    admin.press("Close")
    state_of(admin, "Closed")

    reporter.visit("/organizations/acme/tickets/")
    reporter.page.get_by_role("link", name="#1 The projector is dark").click()
    reporter.reads("A new lamp is ordered")
    reporter.press("Reopen")
    state_of(reporter, "Open")
    expect(reporter.page.get_by_role("list").get_by_text("opened it again.")).to_be_visible()
    expect(reporter.button("Start work")).to_have_count(0)


def test_a_guest_at_the_door_reports_without_an_account(cast_in_windows, acme):
    cast = cast_in_windows
    space = Space.objects.create(organization=acme, name="Aquarium", capacity=8)
    gina = cast.guest().visit(f"/door/{space.door_key}/ticket/")
    gina.press("Send report")
    gina.reads("This field is required.")
    gina.page.get_by_label("What is wrong?").fill("No chairs")
    gina.page.get_by_label("Your name").fill("Gina")
    gina.press("Send report")
    gina.is_told("Your report has the number 1.")
    assert (Ticket.objects.get().reporter_name, Ticket.objects.get().space) == ("Gina", space)


def test_two_administrators_do_not_undo_each_other(cast, alice, bob, acme):
    Membership.objects.filter(user=bob).update(role="ADMIN")
    Ticket.objects.create(organization=acme, number=1, title="Dark", reporter=bob)
    cast.expects_complaints(r"status of 409")
    one, other = (cast.member(user).visit("/organizations/acme/tickets/1/") for user in (alice, bob))
    one.press("Close")
    state_of(one, "Closed")
    other.press("Start work")
    other.reads("Somebody changed this ticket meanwhile.")
    state_of(other, "Closed")


def test_a_problem_is_reported_from_a_call_with_the_facts_that_were_shown(cast, alice, bob, acme, room):
    cast.expects_complaints(r"status of 400")
    room.organization = acme
    room.save()
    host, reporter, gina = cast.member(alice).join(room), cast.member(bob).join(room), cast.guest()
    each_other(host, reporter)

    reporter.opens("More options", "Report a problem")
    dialog = reporter.dialog("Report a problem")
    expect(dialog.get_by_role("checkbox", name="Send these facts")).not_to_be_checked()
    shown = dialog.get_by_role("region", name="Device and connection")
    for words in ("Browser", "Fake Default Audio Input", "from browser to browser", " ms", "Weekly"):
        expect(shown).to_contain_text(words)
    dialog.get_by_role("button", name="Send report").click()
    expect(dialog.get_by_role("alert")).not_to_be_empty()
    assert not Ticket.objects.exists()
    facts = dict(zip(shown.locator("dt").all_inner_texts(), shown.locator("dd").all_inner_texts(), strict=True))
    dialog.get_by_label("What is wrong?").fill("I hear an echo")
    dialog.get_by_role("checkbox", name="Send these facts").check()
    dialog.get_by_role("button", name="Send report").click()
    reporter.is_told("Thank you. This is ticket #1.")

    assert sorted(Ticket.objects.get().facts.values()) == sorted(facts.values())
    second = host.in_another_tab().visit("/organizations/acme/tickets/1/")
    for words in ("I hear an echo", *facts.values()):
        second.reads(words)

    gina.join(room)
    gina.press("More options")
    expect(gina.page.get_by_role("menuitem", name="Report a problem")).to_have_count(0)


def test_facts_stay_here_unless_they_are_ticked(cast, bob, acme, room):
    room.organization = acme
    room.save()
    reporter = cast.member(bob).join(room)
    reporter.opens("More options", "Report a problem")
    reporter.dialog("Report a problem").get_by_label("What is wrong?").fill("I hear nobody")
    reporter.types("Enter")
    reporter.is_told("Thank you. This is ticket #1.")
    until(lambda: Ticket.objects.exists(), "no ticket")
    assert Ticket.objects.get().facts == {}
