"""What people report, what they send for it, and the mail that waits because of it."""

import io
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from accounts.models import User
from bookings.models import Booking, Slot
from bookings.states import BookingState
from bookings.tickets.models import Ticket
from mail.models import Mail

QUEUE = "/organizations/acme/tickets/"


def at(ticket: Ticket, rest: str = "") -> str:
    return f"/organizations/{ticket.organization.slug}/tickets/{ticket.number}/{rest}"


def moves(client, ticket: Ticket, state: str, version: int | None = None):
    version = version or Ticket.objects.get(pk=ticket.pk).version
    return client.post(at(ticket, "state/"), {"state": state, "version": version})


def arranges(client, ticket: Ticket, **wanted):
    now = Ticket.objects.get(pk=ticket.pk)
    form = {
        "version": now.version,
        "assignee": now.assignee_id or "",
        **({"is_blocking": "on"} if now.is_blocking else {}),
    }
    form |= wanted
    return client.post(at(ticket, "arrange/"), {name: value for name, value in form.items() if value is not None})


def state_of(ticket: Ticket) -> str:
    return Ticket.objects.get(pk=ticket.pk).state


def waiting() -> list[tuple[str, str]]:
    """Kind and recipient of all mail, in order of both."""
    return sorted(Mail.objects.values_list("kind", "recipient"))


def booked(space, organizer: User | None, days: float = 1, **fields) -> Booking:
    starts_at = timezone.now() + timedelta(days=days)
    times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=1)}
    fields = {"title": "Planning", "state": BookingState.CONFIRMED, **times, **fields}
    booking = Booking.objects.create(organization=space.organization, organizer=organizer, **fields)
    Slot.objects.create(booking=booking, space=space, blocked_from=booking.starts_at, blocked_until=booking.ends_at)
    return booking


def picture(size: tuple[int, int] = (3000, 1000), kind: str = "JPEG", **saving) -> SimpleUploadedFile:
    written = io.BytesIO()
    Image.new("RGB", size, "teal").save(written, kind, **saving)
    return SimpleUploadedFile("broken.jpg", written.getvalue(), "image/jpeg")
