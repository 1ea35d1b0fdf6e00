"""Who leaves an organization has nothing to say there any more, and what they booked stays."""

from allauth.account.models import EmailAddress

from bookings.models import Booking, Series
from bookings.services.bookings import book
from bookings.services.holds import hold
from bookings.services.series import book_series
from bookings.states import BookingState
from organizations.people.services import leave
from organizations.takeout.erasure import erase
from rooms.models import Meeting
from tests.bookings.places import booked, happened, soon, tomorrow, wish
from tests.conftest import browser_of


def left(user, acme):
    leave(membership=acme.memberships.get(user=user))


def test_what_is_to_come_goes_to_an_administrator(alice, bob, acme, blue):
    for user, starts in ((alice, tomorrow(6)), (bob, tomorrow())):
        made = book(organizer=user, wish=wish(blue, starts=starts), key="1")
    series = book_series(organizer=bob, wish=wish(blue, starts=tomorrow(15)), rrule="FREQ=DAILY;COUNT=2")
    hold(user=bob, spaces=(blue,), starts_at=tomorrow(18), ends_at=tomorrow(19))
    left(bob, acme)
    made.refresh_from_db()
    assert (made.organizer, made.state) == (alice, BookingState.CONFIRMED)
    assert Series.objects.get().organizer == alice
    assert set(series.bookings.values_list("organizer", flat=True)) == {alice.pk}
    assert not Booking.objects.filter(state=BookingState.HELD).exists()
    assert browser_of(bob).get(f"/bookings/{made.pk}/").status_code == 404


def test_what_is_over_keeps_its_organizer(bob, acme, blue):
    over = happened(booked(bob, blue, starts=soon(minutes=5)), hours=3)
    left(bob, acme)
    over.refresh_from_db()
    assert over.organizer == bob


def test_who_is_invited_still_comes(alice, bob, acme, blue):
    EmailAddress.objects.create(user=bob, email=bob.email, verified=True)
    made = booked(alice, blue, attendees=(bob.email,))
    left(bob, acme)
    page = browser_of(bob)
    assert page.get(f"/bookings/{made.pk}/").status_code == 200
    assert page.post(f"/bookings/{made.pk}/cancel/").status_code == 403


def test_meetings_held_elsewhere_go_with_the_organization(alice, acme, blue):
    booked(alice, blue, meeting="EXTERNAL", external_url="https://example.net/call")
    assert Meeting.objects.count() == 1
    erase(organization=acme, actor=alice)
    assert Meeting.objects.count() == 0
