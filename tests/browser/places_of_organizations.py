"""The pages of an organization with people, rooms and colours, as its administrator, a member or a guest sees them."""

import io
from collections.abc import Callable

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw
from playwright.sync_api import expect

from accounts.models import User
from organizations import branding
from organizations.models import Organization
from organizations.services import change_organization, create_organization, set_logo
from rooms.models import Room
from rooms.services.rooms import close_room, create_room
from tests.browser.conftest import ANSWERED_WITH_A_REFUSAL, Cast
from tests.browser.people import Person
from tests.conftest import person
from tests.organizations.people import invited, joins

Way = Callable[[Cast, User, Room], Person]


def logo() -> bytes:
    drawn = Image.new("RGBA", (400, 160), (0, 0, 0, 0))
    ImageDraw.Draw(drawn).rounded_rectangle((10, 10, 390, 150), 40, fill="#7a1fa2")
    written = io.BytesIO()
    drawn.save(written, "PNG")
    return branding.logo(ContentFile(written.getvalue()))  # type: ignore[arg-type]


def acme(alice: User) -> Organization:
    """Eight people, two invitations, three rooms, a logo, and a colour that is too light for white pages."""
    acme = create_organization(creator=alice, name="Acme Works & Sons", slug="acme")
    for number, name in enumerate(["Bob", "Dora", "Emil", "Fanny", "Grete", "Hans", "A very long name that goes on"]):
        joins(acme, person(name), ["MEMBER", "VIEWER", "ADMIN"][number % 3])
    invited(acme, "ida@example.org")
    invited(acme, "a.very.long.address.of.somebody.new@a-very-long-domain.example.org", role="VIEWER")
    set_logo(organization=acme, actor=alice, picture=logo())
    acme = change_organization(organization=acme, actor=alice, changes={"accent_color": "#e6c229"})
    bob = User.objects.get(display_name="Bob")
    for name in ("Sales", "Support", "Board"):
        create_room(host=bob, name=name, organization=acme)
    close_room(room=Room.objects.get(name="Board"), actor=bob)
    return acme


def as_administrator(path: str) -> Way:
    return lambda cast, alice, room: (acme(alice), cast.member(alice).visit(f"/organizations/{path}"))[1]


def as_member(path: str) -> Way:
    def way(cast: Cast, alice: User, room: Room) -> Person:
        acme(alice)
        return cast.member(User.objects.get(display_name="Bob")).visit(f"/organizations/{path}")

    return way


def a_members_room(cast: Cast, alice: User, room: Room) -> Person:
    acme(alice)
    return cast.member(alice).visit(f"/rooms/{Room.objects.get(name='Board').code}/settings/")


def invitation(cast: Cast, alice: User, room: Room) -> Person:
    return cast.guest().visit(invited(acme(alice), "bo@example.org"))


def invitation_for_somebody_else(cast: Cast, alice: User, room: Room) -> Person:
    return cast.member(alice).visit(invited(acme(alice), "bo@example.org"))


def invitation_over(cast: Cast, alice: User, room: Room) -> Person:
    cast.expects_complaints(ANSWERED_WITH_A_REFUSAL)
    return cast.guest().visit("/invitations/nonsense/")


def refused(cast: Cast, alice: User, room: Room) -> Person:
    cast.expects_complaints(ANSWERED_WITH_A_REFUSAL)
    return as_member("acme/settings/")(cast, alice, room)


def lobby(cast: Cast, alice: User, room: Room) -> Person:
    acme(alice)
    gina = cast.guest().stand_in_lobby(Room.objects.get(name="Sales"))
    expect(gina.button("Turn off camera")).to_be_visible()
    return gina


def turned_away(cast: Cast, alice: User, room: Room) -> Person:
    cast.expects_complaints(ANSWERED_WITH_A_REFUSAL)
    acme(alice)
    return cast.member(User.objects.get(display_name="Bob")).visit(Room.objects.get(name="Board"))


def goodbye(cast: Cast, alice: User, room: Room) -> Person:
    acme(alice)
    gina = cast.guest().join(Room.objects.get(name="Sales"))
    gina.press("Leave")
    gina.sees_heading("You left the meeting")
    return gina


PLACES_OF_ORGANIZATIONS: dict[str, Way] = {
    "organizations": as_administrator(""),
    "no organizations yet": lambda cast, alice, room: cast.member(alice).visit("/organizations/"),
    "new organization": as_administrator("new/"),
    "organization": as_administrator("acme/"),
    "organization for a member": as_member("acme/"),
    "people of an organization": as_administrator("acme/people/"),
    "people for a member": as_member("acme/people/"),
    "settings of an organization": as_administrator("acme/settings/"),
    "settings refused": refused,
    "rooms of an organization": as_administrator("acme/rooms/"),
    "new room of an organization": lambda cast, alice, room: (
        acme(alice),
        cast.member(alice).visit("/rooms/new/?organization=acme"),
    )[1],
    "settings of a room of a member": a_members_room,
    "invitation": invitation,
    "invitation for somebody else": invitation_for_somebody_else,
    "invitation over": invitation_over,
    "lobby of an organization": lobby,
    "turned away by an organization": turned_away,
    "goodbye of an organization": goodbye,
}
