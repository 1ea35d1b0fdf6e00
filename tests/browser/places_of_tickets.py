"""Where people say what is wrong, and where it is worked on."""

from collections.abc import Callable

from accounts.models import User
from bookings.spaces.models import Space
from bookings.tickets.models import TicketState
from bookings.tickets.services import Report, comment, move, open_ticket
from organizations.services import create_organization
from rooms.models import Room
from tests.browser.conftest import Cast
from tests.browser.people import Person
from tests.tickets.reports import booked

Way = Callable[[Cast, User, Room], Person]


def organization_of(alice: User) -> Space:
    """With one space; of its tickets the first blocks it, and somebody has booked it."""
    acme = create_organization(creator=alice, name="Acme")
    admin = acme.memberships.get()
    space = Space.objects.create(organization=acme, name="Aquarium", capacity=8, time_zone="Europe/Paris")
    said = "It stays dark, whatever I press.\nThe cable is fine: with mine it is the same."
    facts = {"browser": "Chromium 156", "microphone": "Headset (Bluetooth)", "round_trip": "31 ms"}
    report = Report(title="The projector is dark", description=said, space=space, is_blocking=True, facts=facts)
    ticket = open_ticket(reporter=admin, report=report)
    open_ticket(reporter=admin, report=Report(title="More chairs, please"))
    booked(space, alice)
    comment(ticket=ticket, member=admin, text="A new lamp comes on Monday.")
    move(ticket=ticket, member=admin, version=1, state=TicketState.IN_PROGRESS)
    return space


def in_organization(path: str) -> Way:
    def come(cast: Cast, alice: User, room: Room) -> Person:
        space = organization_of(alice)
        return cast.member(alice).visit(path.format(door=space.door_key))

    return come


def at_door(cast: Cast, alice: User, room: Room) -> Person:
    gina = cast.guest().visit(f"/door/{organization_of(alice).door_key}/ticket/")
    gina.press("Send report")
    gina.reads("This field is required.")
    return gina


def call_with_problem(cast: Cast, alice: User, room: Room) -> Person:
    room.organization = organization_of(alice).organization
    room.save()
    host = cast.member(alice).join(room)
    host.opens("More options", "Report a problem")
    return host


PLACES_OF_TICKETS: dict[str, Way] = {
    "tickets": in_organization("/organizations/acme/tickets/"),
    "no ticket found": in_organization("/organizations/acme/tickets/?text=nothing"),
    "my tickets": in_organization("/organizations/acme/tickets/mine/"),
    "ticket": in_organization("/organizations/acme/tickets/1/"),
    "new ticket": in_organization("/organizations/acme/tickets/new/"),
    "ticket at a door": at_door,
    "call with problem": call_with_problem,
}
