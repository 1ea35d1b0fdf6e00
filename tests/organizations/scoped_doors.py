"""Addresses of doors, and of the meetings of bookings."""

from typing import TYPE_CHECKING, Any

from tests.bookings.places import booked, new_space

if TYPE_CHECKING:
    from tests.organizations.scoped import World

DEEDS = ("book", "check-in", "join", "end", "extend")


def booking(world: "World") -> dict[str, Any]:
    return {"booking_id": booked(world.alice, new_space(world.acme, "Of doors"), meeting="ROOM").pk}


SCOPED = {"booking-join": booking}
OPEN = dict.fromkeys(["door-page", *(f"door-{verb}" for verb in DEEDS)], "the key hangs at the door, for everybody")
COMMANDS = {"door.listen", "connection.renew"}  # both ask for the key, see tests/bookings/test_the_doors_socket.py
