import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ANSWERED_WITH_A_REFUSAL


@pytest.fixture
def host(cast, alice, room):
    return cast.member(alice).join(room)


def test_who_was_removed_cannot_come_back(cast, room, host):
    cast.expects_complaints(ANSWERED_WITH_A_REFUSAL)
    gina = cast.guest().join(room)
    host.press("People, 2")
    host.press("Remove Gina")
    host.dialog("Remove Gina?").get_by_role("button", name="Remove").click()

    gina.sees_heading("You were removed by the host")
    expect(gina.button("Rejoin")).to_be_hidden()
    gina.let_everything_go()
    host.is_with()
    expect(host.button("People, 1")).to_be_visible()

    gina.page.reload()

    gina.sees_heading("You were removed by the host")
    gina.reads("You cannot come back to this meeting.")


def test_who_was_removed_with_a_way_back_may_come_back(cast, room, host):
    gina = cast.guest().join(room)
    host.press("People, 2")
    host.press("Remove Gina")
    dialog = host.dialog("Remove Gina?")
    dialog.get_by_role("checkbox", name="They may come back").check()
    expect(dialog).to_contain_text("They may join again")
    dialog.get_by_role("button", name="Remove").click()

    gina.sees_heading("You were removed by the host")
    gina.let_everything_go()
    host.is_with()

    gina.press("Rejoin")
    gina.page.get_by_label("Your name").fill("Gina")
    gina.enter()
    host.is_with("Gina")


def test_who_thinks_better_of_it_removes_nobody(cast, room, host):
    cast.guest().join(room)
    host.press("People, 2")
    host.press("Remove Gina")

    host.dialog("Remove Gina?").get_by_role("button", name="Cancel").click()

    assert host.focused == "Remove Gina"
    host.press("Lock meeting")
    expect(host.button("Unlock meeting")).to_be_visible()  # a removal would have been told before
    host.is_with("Gina")


def test_a_guest_has_no_such_buttons(cast, room, host):
    gina = cast.guest().join(room)
    gina.press("People, 2")
    expect(gina.panel("People").get_by_text("Alice")).to_be_visible()
    expect(gina.button("Lock meeting")).to_be_hidden()
    expect(gina.button("Remove Alice")).to_have_count(0)


def test_a_lock_keeps_newcomers_out_until_it_is_opened(cast, room, host):
    cast.expects_complaints(ANSWERED_WITH_A_REFUSAL)
    host.press("People, 1")
    host.press("Lock meeting")
    expect(host.button("Unlock meeting")).to_be_visible()
    host.reads("Locked")

    gina = cast.guest().visit(room)
    gina.sees_heading("The meeting is locked")

    host.press("Unlock meeting")
    expect(host.button("Lock meeting")).to_be_visible()
    gina.page.get_by_role("link", name="Try again").click()
    gina.join(room)
    host.sees("Gina")


def test_a_lock_that_comes_while_somebody_types_a_name_is_told_there(cast, room, host):
    cast.expects_complaints(ANSWERED_WITH_A_REFUSAL)
    gina = cast.guest().stand_in_lobby(room)
    host.press("People, 1")
    host.press("Lock meeting")
    expect(host.button("Unlock meeting")).to_be_visible()

    gina.press("Join now")

    gina.reads("The host has locked this room.")
    expect(gina.button("Join now")).to_be_enabled()


def test_ending_the_meeting_ends_it_for_all(cast, room, host):
    gina = cast.guest().join(room)
    gina.sees("Alice")

    host.opens("Leave", "End meeting for all")

    for person in (host, gina):
        person.sees_heading("The host ended the meeting")
        person.let_everything_go()
    expect(gina.controls).to_be_hidden()


def test_a_host_may_leave_and_the_others_stay(cast, room, host):
    gina = cast.guest().join(room)
    gina.sees("Alice")

    host.opens("Leave", "Leave meeting")

    host.sees_heading("You left the meeting")
    gina.is_with()
