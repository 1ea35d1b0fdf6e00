"""Everybody concerned hears of a booking by mail, and their calendars follow."""

from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.db import transaction

from audit.models import AuditEntry
from bookings.models import Attendee, Booking
from bookings.services.approval import approve, decline
from bookings.services.bookings import book, cancel, change
from bookings.services.presence import check_in, extend
from bookings.services.upkeep import release_absent
from bookings.services.wishes import Wish
from mail.models import Mail
from rooms.services.rooms import change_link
from tests.bookings.calendars.diary import Diary
from tests.bookings.places import booked, happened, join, new_space, series_of, soon, tomorrow, wish
from tests.schedules import mails
from tests.schedules.mails import calendar, event, parts

ALICE, BOB, CAROL, GINA = (f"{name}@example.org" for name in ("alice", "bob", "carol", "gina"))
HOUR = timedelta(hours=1)
OLD, NEW = "https://video.example.org/j/1", "https://video.example.org/j/2"


def deliver() -> list[EmailMessage]:
    """What came since the last time, in the order of its readers."""
    return sorted(mails.deliver(), key=lambda one: one.to)


def subjects() -> list[str]:
    return [f"{one.to[0].split('@')[0]}: {one.subject}" for one in deliver()]


def changed(booking: Booking, actor, **changes) -> Booking:
    booking.refresh_from_db()
    return change(booking=booking, actor=actor, version=booking.version, wish=Wish.of(booking, **changes))


@pytest.fixture
def guarded(acme):
    """A space that needs approval."""
    return new_space(acme, "Board room", needs_approval=True, time_zone="Europe/Berlin")


def test_who_books_gets_a_confirmation_and_who_is_invited_an_invitation(bob, acme, settings):
    settings.PUBLIC_URL = "https://meet.example.org"
    space = new_space(acme, "Blue", time_zone="Asia/Kathmandu", building="Annexe")
    booking = booked(bob, space, starts=tomorrow(9), attendees=(GINA, BOB), description="Bring cake")
    to_bob, to_gina = deliver()
    assert (to_bob.to, to_bob.subject) == ([BOB], "Booked: Review")
    assert (to_gina.to, to_gina.subject, to_gina.reply_to) == ([GINA], "Invitation: Review", [BOB])
    assert "14:45–15:45 (Asia/Kathmandu, UTC+05:45)" in to_gina.body and "Blue, Annexe" in to_gina.body
    assert "For you: " in to_bob.body and "09:00–10:00 (UTC, UTC+00:00)" in to_bob.body
    for words in ("Bob invites you.", "Bring cake", f"https://meet.example.org/bookings/{booking.pk}/", "Yes: https"):
        assert words in to_gina.body
    assert event(to_bob)["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert event(to_gina)["ATTENDEE"] == f"mailto:{GINA}" and "bob@" not in str(calendar(to_gina).to_ical())
    assert parts(to_gina)["text/calendar"].get_param("method") == calendar(to_gina)["METHOD"] == "REQUEST"


def test_nobody_sees_who_else_is_invited(bob, blue):
    booked(bob, blue, attendees=(CAROL, GINA))
    for told in deliver():
        [address] = told.to
        assert event(told)["ATTENDEE"] == f"mailto:{address}"
        assert all(one not in told.message().as_string() for one in {BOB, CAROL, GINA} - {address, *told.reply_to})
        assert str(event(told)["DESCRIPTION"]).count("Answer: ") == (address != BOB)


def test_readers_have_their_own_language(bob, blue, charlie, settings):
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]
    charlie.language = "de"
    charlie.save()
    booked(bob, blue, starts=tomorrow(9), attendees=(charlie.email, GINA))
    days = {one.to[0]: next(line for line in one.body.splitlines() if line.startswith("When: ")) for one in deliver()}
    assert days[charlie.email] != days[GINA] == days[BOB]


def test_a_change_says_what_it_was_and_replaces_what_calendars_have(bob, blue, green):
    booking = booked(bob, blue, attendees=(GINA,), starts=tomorrow(9))
    diary = Diary().read(*(first := [one for one in deliver() if one.to == [GINA]]))
    changed(booking, bob, title="Retro", starts_at=tomorrow(11), ends_at=tomorrow(12), spaces=(green,))
    told = deliver()
    [to_gina] = [one for one in told if one.to == [GINA]]
    assert len(told) == 2 and to_gina.subject == "Changed: Retro"
    assert "Where: Blue → Green" in to_gina.body and "Title: Review → Retro" in to_gina.body
    assert "09:00–10:00 (UTC, UTC+00:00) → " in to_gina.body
    assert event(to_gina)["UID"] == event(first[0])["UID"] and event(to_gina)["SEQUENCE"] > event(first[0])["SEQUENCE"]
    assert diary.read(to_gina).entries() == [("Retro", tomorrow(11))]
    assert diary.read(*first).entries() == [("Retro", tomorrow(11))]  # a mail that comes late


def test_who_comes_and_who_goes(bob, blue):
    booking = booked(bob, blue, attendees=(GINA, CAROL))
    gone = Diary().read(*(one for one in deliver() if one.to == [GINA]))
    changed(booking, bob, attendees=(CAROL, ALICE))
    told = deliver()
    assert [(one.to, one.subject) for one in told] == [
        ([ALICE], "Invitation: Review"),
        ([GINA], "Cancelled: Review"),
    ]
    assert event(told[1])["ATTENDEE"] == f"mailto:{GINA}" and gone.read(told[1]).entries() == []


def test_what_only_the_organizer_needs_is_no_news(bob, blue):
    booking = booked(bob, blue, attendees=(GINA,))
    deliver()
    changed(booking, bob, reminder=10, people=3)
    assert deliver() == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"meeting": "EXTERNAL", "external_url": OLD}, {"external_url": NEW}),
        ({"meeting": "ROOM"}, {"meeting": "EXTERNAL", "external_url": NEW}),
        ({}, {"meeting": "EXTERNAL", "external_url": NEW}),
        ({"meeting": "EXTERNAL", "external_url": OLD}, {"meeting": "NONE"}),
    ],
    ids=["another address", "another platform", "added", "dropped"],
)
def test_where_to_meet_online_is_news(bob, blue, before, after):
    booking = booked(bob, blue, attendees=(GINA,), **before)
    [first] = [one for one in deliver() if one.to == [GINA]]
    changed(booking, bob, **after)
    [to_gina] = [one for one in deliver() if one.to == [GINA]]
    assert to_gina.subject == "Changed: Review" and "Where to join online changed." in to_gina.body
    assert event(to_gina)["SEQUENCE"] > event(first)["SEQUENCE"] and OLD not in str(event(to_gina).to_ical())
    assert (NEW in to_gina.body and event(to_gina)["URL"] == NEW) == ("external_url" in after)
    assert AuditEntry.objects.get(action="booking.changed").changes["fields"] == ["meeting"]


def test_a_room_with_a_new_link_is_news(bob, blue):
    booking = booked(bob, blue, attendees=(GINA,), meeting="ROOM")
    series = series_of(bob, blue, rrule="FREQ=DAILY;COUNT=3", starts=tomorrow(12), attendees=(CAROL,), meeting="ROOM")
    off = booked(bob, blue, starts=tomorrow(15), title="Off", meeting="ROOM", attendees=(ALICE,))
    cancel(booking=off, actor=bob)
    before = {one.to[0]: one for one in deliver()}
    for one in (booking, series.bookings.first(), off):
        change_link(room=Booking.objects.get(pk=one.pk).meeting.room, actor=bob)
    told = deliver()
    assert [(one.to[0], one.subject) for one in told] == [
        (BOB, "Changed: Review"),
        (BOB, "Changed: Review"),
        (CAROL, "Changed: Review"),
        (GINA, "Changed: Review"),
    ]
    for mail, one in ((told[2], series.bookings.first()), (told[3], booking)):
        path = Booking.objects.get(pk=one.pk).meeting.room.join_path
        first, now = event(before[mail.to[0]]), event(mail)
        assert now["SEQUENCE"] == first["SEQUENCE"] + 1 and now["UID"] == first["UID"]
        assert path in mail.body and now["URL"].endswith(path) and now["URL"] != first["URL"]


def test_a_meeting_that_stays_is_no_news(bob, blue):
    booking = booked(bob, blue, attendees=(GINA,), meeting="ROOM")
    deliver()
    changed(booking, bob, reminder=10)
    assert deliver() == []


def test_a_cancellation_clears_calendars(bob, alice, blue):
    booking = booked(bob, blue, attendees=(GINA,))
    diary = Diary().read(*(one for one in deliver() if one.to == [GINA]))
    cancel(booking=booking, actor=alice)
    told = deliver()
    assert [(one.to, one.subject) for one in told] == [([BOB], "Cancelled: Review"), ([GINA], "Cancelled: Review")]
    assert {parts(one)["text/calendar"].get_param("method") for one in told} == {"CANCEL"}
    assert diary.read(told[1]).entries() == [] and "Yes:" not in told[1].body
    cancel(booking=booking, actor=alice)
    assert deliver() == []


def test_news_outdates_what_still_waits(bob, blue):
    booking = booked(bob, blue, attendees=(GINA,))
    changed(booking, bob, title="Retro")
    assert subjects() == ["bob: Booked: Retro", "gina: Invitation: Retro"]
    changed(booking, bob, title="Retro 2", attendees=(GINA, CAROL))
    cancel(booking=booking, actor=bob)
    assert subjects() == ["bob: Cancelled: Retro 2", "gina: Cancelled: Retro 2"]


def test_what_needs_approval_is_tentative_until_it_has_it(bob, guarded):
    booking = booked(bob, guarded, attendees=(GINA,))
    told = {one.to[0]: one for one in deliver()}
    assert {address: one.subject for address, one in told.items()} == {
        ALICE: "To approve: Review",
        BOB: "Asked for: Review",
        GINA: "Invitation: Review",
    }
    assert {event(told[one])["STATUS"] for one in (BOB, GINA)} == {"TENTATIVE"}
    assert "text/calendar" not in parts(told[ALICE]) and f"/bookings/{booking.pk}/" in told[ALICE].body


def test_approved_and_declined(bob, alice, guarded):
    first, second = (
        booked(bob, guarded, attendees=(GINA,)),
        booked(bob, guarded, starts=tomorrow(15), title="Retro", attendees=(CAROL,)),
    )
    diary = Diary().read(*(one for one in deliver() if one.to == [BOB]))
    approve(booking=first, actor=alice, version=first.version)
    decline(booking=second, actor=alice, version=second.version)
    told = deliver()
    assert [f"{one.to[0]} {one.subject}" for one in told] == [
        f"{BOB} Approved: Review",
        f"{BOB} Declined: Retro",
        f"{CAROL} Cancelled: Retro",
        f"{GINA} Approved: Review",
    ]
    assert diary.read(*(one for one in told if one.to == [BOB])).entries() == [("Review", tomorrow())]
    assert event(told[0])["STATUS"] == "CONFIRMED"


def test_an_administrator_is_not_asked_what_is_decided(bob, alice, guarded, oscar, acme):
    join(acme, oscar, "ADMIN")
    booking = booked(bob, guarded)
    approve(booking=booking, actor=alice, version=booking.version)
    assert subjects() == ["bob: Booked: Review"]


def test_what_is_moved_is_asked_for_again(bob, alice, guarded):
    booking = booked(bob, guarded, attendees=(GINA,))
    approve(booking=booking, actor=alice, version=booking.version)
    deliver()
    changed(booking, bob, starts_at=tomorrow(14), ends_at=tomorrow(15))
    told = {one.to[0]: one for one in deliver()}
    assert told[ALICE].subject == "To approve: Review" and "has to approve" in told[GINA].body
    assert event(told[GINA])["STATUS"] == "TENTATIVE"


def test_a_space_that_nobody_came_to(bob, blue):
    booking = booked(bob, blue, starts=soon(minutes=1), attendees=(GINA,))
    first = deliver()
    diary = Diary().read(*(one for one in first if one.to == [GINA]))
    happened(booking, minutes=20)
    assert release_absent() == 1
    told = deliver()
    assert [(one.to, one.subject) for one in told] == [([BOB], "Released: Review"), ([GINA], "Released: Review")]
    assert all("Nobody checked in" in one.body and "Yes:" not in one.body for one in told)
    assert {parts(one)["text/calendar"].get_param("method") for one in told} == {"CANCEL"}
    assert event(told[1])["SEQUENCE"] > event(first[1])["SEQUENCE"] and diary.read(told[1]).entries() == []


def test_who_has_not_heard_of_it_does_not_hear_that_it_was_released(bob, blue):
    happened(booked(bob, blue, starts=soon(minutes=1), attendees=(GINA,)), minutes=20)
    assert release_absent() == 1 and not Mail.objects.exists()


def test_more_time_is_told(bob, blue):
    booking = happened(booked(bob, blue, starts=soon(minutes=1), attendees=(GINA,)), minutes=2)
    check_in(booking=booking, actor=bob)
    deliver()
    extend(booking=booking, actor=bob, minutes=15)
    assert subjects() == ["bob: Changed: Review", "gina: Changed: Review"]


def test_what_is_booked_at_the_door_tells_nobody(blue):
    book(organizer=None, wish=wish(blue))
    assert not Mail.objects.exists()


def test_mail_comes_with_the_booking_or_not_at_all(bob, blue):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        booked(bob, blue, attendees=(GINA,))
        assert Mail.objects.count() == 2
        raise ZeroDivisionError
    assert not Mail.objects.exists() and not Booking.objects.exists()
    booked(bob, blue, attendees=(GINA,))
    assert Mail.objects.count() == 2


def test_another_time_asks_everybody_again(bob, blue):
    booking = booked(bob, blue, attendees=(GINA,))
    Attendee.objects.update(answer="ACCEPTED", answered_at=booking.created_at)
    changed(booking, bob, title="Retro")
    assert Attendee.objects.get().answer == "ACCEPTED"
    changed(booking, bob, starts_at=tomorrow(14), ends_at=tomorrow(15))
    assert Attendee.objects.get().answer == "NEEDS-ACTION" and Attendee.objects.get().answered_at is None


def test_titles_and_names_add_no_headers(bob, blue):
    bob.display_name = 'B"ob;\r\nBcc: eve@example.org'
    bob.save()
    booked(bob, blue, title="Review\tBcc: eve@example.org", attendees=(GINA,))
    for told in deliver():
        assert told.message()["Bcc"] is None and len(told.recipients()) == 1
