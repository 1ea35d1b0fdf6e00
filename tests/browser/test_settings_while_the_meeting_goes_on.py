import pytest
from playwright.sync_api import expect

from rooms.models import SWITCHES, Participant, Role, RoomSettings


@pytest.fixture
def host(cast, alice, room):
    person = cast.member(alice).join(room)
    person.press("People, 1")
    return person


def test_every_switch_has_the_name_it_has_among_the_rooms_settings(host, room):
    host.press("Meeting settings")

    for setting in SWITCHES:
        switch = host.switch(str(RoomSettings._meta.get_field(setting).verbose_name).capitalize())
        expect(switch).to_be_visible()
        expect(switch).to_be_checked(checked=getattr(room.settings, setting))


def test_a_switch_holds_at_once_and_for_every_host(cast, room, bob, host):
    member = cast.member(bob).join(room)
    host.press("Make Bob co-host")
    member.press("People, 2")
    for person in (host, member):
        person.press("Meeting settings")

    host.switch("Allow reactions").press("Space")

    expect(member.switch("Allow reactions")).not_to_be_checked()
    expect(member.button("Reactions")).to_be_hidden()
    expect(host.switch("Allow reactions")).to_be_focused()
    member.switch("Allow reactions").click()
    expect(host.switch("Allow reactions")).to_be_checked()
    expect(host.button("Reactions")).to_be_visible()


def test_a_switch_that_is_refused_flips_back(cast, room, bob, host):
    member = cast.member(bob).join(room)
    host.press("Make Bob co-host")
    member.press("People, 2")
    member.press("Meeting settings")
    expect(member.switch("Allow chat")).to_be_checked()
    Participant.objects.filter(user=bob).update(role=Role.PARTICIPANT)  # which his page has not heard

    member.switch("Allow chat").click()

    member.is_told("Only a host can do that.")
    expect(member.switch("Allow chat")).to_be_checked()


def test_who_does_not_host_sees_no_settings(cast, room, host):
    gina = cast.guest().join(room)
    gina.press("People, 2")
    expect(gina.panel("People").get_by_text("Alice")).to_be_visible()
    expect(gina.button("Meeting settings")).to_be_hidden()
    expect(gina.button("More for Alice")).to_be_hidden()
