"""What bookings add to the archive of their organization, without the keys of doors and feeds."""

from bookings.models import Attendee, Booking, Series, Slot
from bookings.spaces.models import Amenity, OpeningHours, Space
from bookings.tickets.models import Ticket, TicketEntry
from organizations.takeout.archive import columns, files_in, register
from rooms.models import Meeting

register("amenities", lambda one: columns(Amenity.objects.filter(organization=one)))
register(
    "spaces",
    lambda one: columns(Space.objects.filter(organization=one), without=["door_key"]),
    files=lambda one: files_in(Space.objects.filter(organization=one), "photo"),
)
register("opening-hours", lambda one: columns(OpeningHours.objects.filter(space__organization=one)))
register("series", lambda one: columns(Series.objects.filter(organization=one), without=["idempotency_key"]))
register(
    "bookings",
    lambda one: columns(
        Booking.objects.filter(organization=one), without=["idempotency_key"], organizer="organizer__email"
    ),
)
register(
    "meetings-elsewhere",
    lambda one: columns(Meeting.objects.filter(booking__organization=one, room__isnull=True)),
)
register("slots", lambda one: columns(Slot.objects.filter(booking__organization=one)))
register("attendees", lambda one: columns(Attendee.objects.filter(booking__organization=one)))
register(
    "tickets",
    lambda one: columns(Ticket.objects.filter(organization=one)),
    files=lambda one: files_in(Ticket.objects.filter(organization=one), "photo"),
)
register("ticket-entries", lambda one: columns(TicketEntry.objects.filter(ticket__organization=one)))
