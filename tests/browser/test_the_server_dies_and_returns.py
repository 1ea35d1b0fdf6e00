import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SERVER_IS_AWAY, Cast
from tests.browser.people import each_other


@pytest.fixture
def cast(launch, start_server):
    brought = Cast(launch, start_server())
    brought.expects_complaints(*SERVER_IS_AWAY)
    yield brought
    brought.go_home()


def test_the_picture_stays_and_everybody_keeps_their_seat(cast, alice, room):
    host, gina = cast.member(alice).join(room), cast.guest().join(room)
    gina.press("Raise hand")
    gina.press("Mute microphone")
    expect(host.tile("Gina")).to_have_accessible_name("Gina, muted, hand raised")
    each_other(host, gina)

    cast.server.kill()

    for person in (host, gina):
        person.is_told("Reconnecting…")
    each_other(host, gina)
    gina.hears_somebody()

    cast.server.start()

    for person, other in ((host, gina), (gina, host)):
        expect(person.page.get_by_role("status").get_by_text("Reconnecting…")).to_be_hidden()
        person.is_with(other.name)
        assert person.open_connections == 1
    each_other(host, gina)
    expect(host.tile("Alice")).to_have_accessible_name("Alice, you, host")
    expect(gina.tile("Gina")).to_have_accessible_name("Gina, you, muted, hand raised")
    gina.press("Lower hand")
    expect(host.tile("Gina")).to_have_accessible_name("Gina, muted")


def test_what_was_switched_meanwhile_holds_afterwards(cast, alice, room):
    host, gina = cast.member(alice).join(room), cast.guest().join(room)
    each_other(host, gina)
    cast.server.kill()
    gina.is_told("Reconnecting…")

    gina.press("Mute microphone")
    cast.server.start()

    expect(host.tile("Gina")).to_have_accessible_name("Gina, muted")
    expect(gina.button("Unmute microphone")).to_be_visible()
    assert not gina.sends("audio")
