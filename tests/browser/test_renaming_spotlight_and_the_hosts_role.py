import pytest
from playwright.sync_api import expect

from rooms.models import WaitingRoom
from tests.browser.people import until


@pytest.fixture
def host(cast, alice, room):
    return cast.member(alice).join(room)


@pytest.fixture
def gina(cast, room, host):
    guest = cast.guest().join(room)
    host.press("People, 2")
    return guest


def width(person, name):
    return person.tile(name).bounding_box()["width"]


def test_a_guest_gets_another_name_and_is_told(host, gina):
    host.opens_for("Gina", "Rename Gina")
    dialog = host.dialog("Rename Gina")
    field = dialog.get_by_role("textbox", name="Name")
    expect(field).to_have_value("Gina")
    field.fill("<b>Gina")
    host.types("Enter")

    gina.is_told("You are now called <b>Gina here.")
    expect(dialog).to_be_hidden()
    expect(host.tile("<b>Gina")).to_have_count(1)
    assert host.focused == "More for <b>Gina"


def test_a_name_that_the_server_refuses_stays_to_be_mended(host, gina):
    host.opens_for("Gina", "Rename Gina")
    dialog = host.dialog("Rename Gina")
    dialog.get_by_role("textbox", name="Name").fill("  ")
    dialog.get_by_role("button", name="Rename").click()

    expect(dialog.get_by_role("alert")).not_to_be_empty()
    expect(dialog.get_by_role("textbox", name="Name")).to_be_focused()
    dialog.get_by_role("button", name="Cancel").click()

    host.is_with("Gina")
    assert host.focused == "More for Gina"


def test_who_is_in_the_spotlight_is_large_for_all_and_shared_screens_go_first(host, gina):
    host.press("Close people")
    host.press("People, 2")
    host.opens_for("Gina", "Spotlight Gina")

    gina.is_told("You are in the spotlight: everybody sees you large.")
    for person in (host, gina):
        until(lambda person=person: width(person, "Gina") > 2 * width(person, "Alice"), "Gina is not large")
    expect(host.tile("Gina")).to_have_accessible_name("Gina")
    host.sees("Gina")
    gina.sees("Alice")

    host.press("Share screen")
    gina.sees("Screen of Alice")
    assert width(gina, "Screen of Alice") > 2 * width(gina, "Gina")
    assert gina.tile("Gina").bounding_box()["y"] < gina.tile("Alice").bounding_box()["y"]
    gina.sees("Alice")

    host.press("Stop sharing")
    host.opens_for("Gina", "Remove Gina's spotlight")
    until(lambda: width(gina, "Gina") == width(gina, "Alice"), "Gina is still large")
    host.sees("Gina")


def test_the_host_hands_the_role_over_and_the_owner_takes_it_back(cast, room, bob, host):
    member = cast.member(bob).join(room)
    host.press("People, 2")
    member.press("People, 2")
    host.opens_for("Bob", "Make Bob host")
    host.dialog("Make Bob host?").get_by_role("button", name="Make host").click()

    member.is_told("You are the host now.")
    expect(member.tile("Bob")).to_have_accessible_name("Bob, you, host")
    expect(host.panel("People").get_by_role("listitem").filter(has_text="Alice (you)")).to_contain_text("Co-host")
    expect(host.button("Make Bob co-host")).to_have_count(0)
    expect(member.button("Take back host role")).to_be_hidden()

    host.press("Take back host role")

    host.is_told("You are the host now.")
    expect(host.button("Take back host role")).to_be_hidden()
    expect(host.button("Remove Bob as co-host")).to_be_visible()


def test_whoever_thinks_better_of_it_stays_host(cast, room, bob, host):
    cast.member(bob).join(room)
    host.press("People, 2")
    host.opens_for("Bob", "Make Bob host")

    host.dialog("Make Bob host?").get_by_role("button", name="Cancel").click()

    assert host.focused == "More for Bob"
    expect(host.tile("Alice")).to_have_accessible_name("Alice, you, host")
    expect(host.button("Make Bob co-host")).to_be_visible()


def test_somebody_is_sent_back_to_waiting_where_there_is_a_waiting_room(cast, room, host, gina):
    host.press("More for Gina")
    expect(host.page.get_by_role("menuitem", name="Spotlight Gina")).to_be_visible()
    expect(host.page.get_by_role("menuitem", name="Send Gina back to waiting")).to_be_hidden()
    host.types("Escape")
    room.settings.waiting_room = WaitingRoom.GUESTS
    room.settings.save()
    host.page.reload()
    host.press("People, 2")

    host.opens_for("Gina", "Send Gina back to waiting")

    gina.is_told("Waiting for the host to let you in")
    host.press("Admit Gina")
    expect(gina.controls).to_be_visible()


def test_a_guest_cannot_be_made_host_and_nobody_renames_a_member(cast, room, bob, host, gina):
    cast.member(bob).join(room)
    host.press("More for Gina")
    expect(host.page.get_by_role("menuitem")).to_have_text(["Spotlight Gina", "Rename Gina"])
    host.types("Escape")
    host.press("More for Bob")
    expect(host.page.get_by_role("menuitem")).to_have_text(["Spotlight Bob", "Make Bob host"])
