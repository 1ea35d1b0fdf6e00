import pytest
from playwright.sync_api import expect

from tests.browser.people import each_other

QUESTION = "You are already in this meeting"


@pytest.fixture
def host(cast, alice, room):
    return cast.member(alice).join(room)


def test_cancel_leaves_the_first_tab_alone(cast, room, host):
    gina = cast.guest().join(room)
    second = gina.in_another_tab().visit(room)
    second.press("Join now")

    second.dialog(QUESTION).get_by_role("button", name="Cancel").click()

    expect(second.button("Join now")).to_be_enabled()
    each_other(host, gina)
    host.is_with("Gina")


def test_move_here_takes_the_seat_and_the_first_tab_says_goodbye(cast, room, host):
    gina = cast.guest().join(room)
    gina.press("Raise hand")
    second = gina.in_another_tab().visit(room)
    second.press("Join now")

    second.dialog(QUESTION).get_by_role("button", name="Move here").click()

    gina.sees_heading("You joined from somewhere else")
    gina.let_everything_go()
    each_other(host, second)
    host.hears_somebody()
    host.is_with("Gina")
    expect(second.tile("Gina")).to_have_accessible_name("Gina, you, hand raised")
