import pytest
from playwright.sync_api import expect

from rooms.models import RoomSettings, WaitingRoom
from tests.browser.conftest import ANSWERED_WITH_A_REFUSAL
from tests.browser.people import each_other


@pytest.fixture
def guarded_room(room):
    RoomSettings.objects.filter(room=room).update(waiting_room=WaitingRoom.GUESTS, waiting_message="Coffee first!")
    return room


@pytest.fixture
def host(cast, alice, guarded_room):
    return cast.member(alice).join(guarded_room)


@pytest.fixture
def gina(cast, guarded_room, host):
    """Waits at the door."""
    gina = cast.guest().visit(guarded_room)
    gina.page.get_by_label("Your name").fill("Gina")
    gina.press("Ask to join")
    gina.is_told("Waiting for the host to let you in")
    return gina


def test_a_guest_asks_waits_and_is_let_in(host, gina):
    gina.reads("You are next.")
    gina.reads("Coffee first!")
    assert not gina.sends("video")
    host.is_told("Gina asks to join")
    host.press("People, 1, 1 waiting")
    host.press("Admit Gina")

    expect(gina.controls).to_be_visible()
    each_other(host, gina)
    expect(host.button("People, 2")).to_be_visible()


def test_a_reload_keeps_the_place(host, gina):
    gina.page.reload()
    gina.is_told("Waiting for the host to let you in")
    host.press("People, 1, 1 waiting")
    host.press("Admit all")
    expect(gina.controls).to_be_visible()


def test_who_cancels_is_back_at_the_start(host, gina):
    gina.press("Cancel")
    expect(gina.button("Ask to join")).to_be_enabled()
    expect(host.button("People, 1")).to_be_visible()


def test_who_is_denied_is_told_so(cast, host, gina):
    host.press("People, 1, 1 waiting")
    host.press("Deny Gina")
    gina.sees_heading("The host did not let you in")
    gina.let_everything_go()


def test_before_the_host_nobody_is_let_in(cast, alice, room):
    cast.expects_complaints(ANSWERED_WITH_A_REFUSAL)
    RoomSettings.objects.filter(room=room).update(waiting_room=WaitingRoom.EVERYONE)
    gina = cast.guest().visit(room)
    gina.sees_heading("The host is not here yet")
    cast.member(alice).join(room)
    expect(gina.button("Ask to join")).to_be_visible()
