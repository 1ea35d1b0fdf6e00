"""Pages around bookings: how much spaces are used, links to calendars, answers to invitations."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.utils import timezone

from accounts.models import User
from bookings.answers.tokens import answer_link
from bookings.feeds.services import make_feed
from bookings.spaces.models import Space
from rooms.models import Meeting, Room
from tests.bookings.calendars.bookings import booking_of
from tests.bookings.places import new_space, organization_of
from tests.browser.conftest import Cast
from tests.browser.people import Person

WAYS_OUT = ("COMPLETED", "COMPLETED", "RELEASED", "CANCELLED", "COMPLETED")


def offices(alice: User) -> list[Space]:
    """Two spaces, and what was booked there in the last weeks."""
    acme = organization_of(alice)
    spaces = [new_space(acme, name, capacity=size) for name, size in (("Blue room", 4), ("Great hall", 40))]
    monday = timezone.now().replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(weeks=6)
    for day in range(40):
        for number, space in enumerate(spaces):
            starts = monday + timedelta(days=day, hours=(day * 3 + number) % 8)
            state = WAYS_OUT[(day + number) % len(WAYS_OUT)]
            came = {"checked_in_at": starts} if state == "COMPLETED" else {}
            booking_of(
                space, alice, starts, timedelta(minutes=30 + 30 * (day % 4)), state=state, people=1 + day % 4, **came
            )
    return spaces


def usage(cast: Cast, alice: User, room: Room) -> Person:
    offices(alice)
    return cast.member(alice).visit("/organizations/acme/usage/")


def calendar_links(cast: Cast, alice: User, room: Room) -> Person:
    [space, _other] = offices(alice)
    for target in (None, space, space.organization):
        make_feed(user=alice, of=target)
    return cast.member(alice).visit("/bookings/feeds/")


def answer(cast: Cast, alice: User, room: Room) -> Person:
    [space, _other] = offices(alice)
    meeting = Meeting.objects.create(room=room, state="SCHEDULED")
    starts = timezone.now() + timedelta(days=1)
    booking = booking_of(
        space, alice, starts, attendees=("gina@example.org",), meeting=meeting, description="Bring numbers\nand cake"
    )
    link = urlsplit(answer_link(booking, "gina@example.org"))
    return cast.guest().visit(f"{link.path}?answer=ACCEPTED")


PLACES_OF_CALENDARS = {"usage": usage, "calendar links": calendar_links, "answer an invitation": answer}
