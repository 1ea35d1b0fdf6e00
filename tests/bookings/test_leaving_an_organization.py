"""Who leaves an organization has nothing to say there any more, and what they booked stays."""

from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage

from bookings.models import Booking, Series
from bookings.services.bookings import book
from bookings.services.holds import hold
from bookings.services.series import book_series
from bookings.states import BookingState
from bookings.tickets.services import Report, open_ticket
from mail.models import Mail
from organizations.people.services import leave
from organizations.takeout.erasure import erase
from rooms.models import Meeting
from tests.bookings.calendars.diary import Diary
from tests.bookings.places import booked, happened, soon, tomorrow, wish
from tests.conftest import browser_of
from tests.schedules.mails import deliver

GINA = "gina@example.org"


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


def test_the_calendars_of_both_follow_and_who_is_invited_hears_nothing(alice, bob, acme, blue):
    booked(bob, blue, attendees=(GINA, alice.email))
    daily = wish(blue, starts=tomorrow(15), title="Daily")
    book_series(organizer=bob, wish=daily, rrule="FREQ=DAILY;COUNT=3")
    diaries = {user.email: Diary() for user in (alice, bob)}
    first = deliver()
    for email, diary in diaries.items():
        diary.read(*(one for one in first if one.to == [email]))
    assert [len(diary.entries()) for diary in diaries.values()] == [1, 4]
    left(bob, acme)
    told = deliver()
    assert sorted((one.subject, *one.to) for one in told) == [
        ("Cancelled: Daily", bob.email),
        ("Cancelled: Review", bob.email),
        ("Yours now: Daily", alice.email),
        ("Yours now: Review", alice.email),
    ]
    for email, diary in diaries.items():
        diary.read(*(one for one in told if one.to == [email]))
    assert [len(diary.entries()) for diary in diaries.values()] == [4, 0]


def test_who_leaves_and_is_invited_keeps_the_entry(alice, bob, acme, blue):
    booked(bob, blue, attendees=(bob.email,))
    deliver()
    left(bob, acme)
    assert [one.to for one in deliver()] == [[alice.email]]


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


def erased(acme, actor) -> list[EmailMessage]:
    """What came of it."""
    erase(organization=acme, actor=actor)
    assert not Booking.objects.exists() and not Series.objects.exists()
    return deliver()


def test_who_is_invited_hears_that_the_organization_and_all_in_it_is_off(alice, bob, acme, blue):
    booked(bob, blue, attendees=(GINA,), meeting="ROOM")
    happened(booked(alice, blue, starts=soon(minutes=5)), hours=3)
    daily = wish(blue, starts=tomorrow(15), attendees=(GINA,), title="Daily")
    book_series(organizer=bob, wish=daily, rrule="FREQ=DAILY;COUNT=3")
    diary = Diary().read(*(one for one in deliver() if one.to == [GINA]))
    assert len(diary.entries()) == 4
    told = erased(acme, alice)
    assert sorted(f"{one.subject} {one.to[0].split('@')[0]}" for one in told) == [
        "Cancelled: Daily bob",
        "Cancelled: Daily gina",
        "Cancelled: Review bob",
        "Cancelled: Review gina",
    ]
    assert diary.read(*(one for one in told if one.to == [GINA])).entries() == []


def test_what_waits_and_leads_into_the_organization_is_not_sent(alice, bob, acme, blue):
    happened(booked(bob, blue, starts=soon(minutes=5), title="Over", attendees=(GINA,)), hours=3)
    booked(bob, blue, attendees=(GINA,))
    open_ticket(reporter=acme.memberships.get(user=bob), report=Report(title="Broken", space=blue))
    assert Mail.objects.pending().filter(recipient=GINA).count() == 2 and Mail.objects.filter(entity="bookings.ticket")
    assert erased(acme, alice) == []


def test_meetings_held_elsewhere_go_with_the_organization(alice, acme, blue):
    booked(alice, blue, meeting="EXTERNAL", external_url="https://example.net/call")
    assert Meeting.objects.count() == 1
    erase(organization=acme, actor=alice)
    assert Meeting.objects.count() == 0
