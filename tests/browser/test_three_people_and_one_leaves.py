from tests.browser.people import each_other


def test_the_tile_goes_and_the_others_go_on(cast, room, alice, bob):
    host, member, guest = cast.member(alice), cast.member(bob), cast.guest("Gina")
    for person in (host, member, guest):
        person.join(room)
    each_other(host, member, guest)

    member.press("Leave")

    member.sees_heading("You left the meeting")
    host.is_told("Bob left")
    for person, other in ((host, guest), (guest, host)):
        person.is_with(other.name)
        person.sees(other.name)
        assert person.open_connections == 1
