"""A reminder of a booking comes once to each person, in time or not at all."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections

from bookings.models import Attendee
from bookings.notices import reminders
from bookings.services.bookings import cancel, change
from bookings.services.wishes import Wish
from mail.models import Mail
from tests.bookings.places import booked, new_space, soon, tomorrow
from tests.schedules.mails import deliver
from tests.work import beat

GINA, CAROL = "gina@example.org", "carol@example.org"


@pytest.fixture
def clock(monkeypatch):
    """Moves the time that everything here goes by."""

    def set_to(moment):
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    return set_to


def reminded() -> list[str]:
    reminders.write_due()
    return sorted(f"{one.subject} {one.to[0].split('@')[0]}" for one in deliver() if "Reminder" in one.subject)


def test_everybody_who_may_come_is_reminded_once(bob, blue, clock):
    starts = tomorrow(days=2)
    booked(bob, blue, starts=starts, reminder=60, attendees=(GINA, CAROL))
    Attendee.objects.filter(email=CAROL).update(answer="DECLINED")
    clock(starts - timedelta(minutes=61))
    assert reminded() == []
    clock(starts - timedelta(minutes=59))
    assert reminded() == ["Reminder: Review bob", "Reminder: Review gina"]
    assert reminded() == []
    clock(starts - timedelta(minutes=1))
    assert reminded() == []


def test_after_an_hour_or_the_start_it_is_too_late(bob, blue, green, clock):
    starts = tomorrow(days=3)
    booked(bob, blue, starts=starts, reminder=10)
    booked(bob, green, starts=starts, reminder=1440)
    clock(starts - timedelta(minutes=1440 - 61))
    assert reminded() == []
    clock(starts)
    assert reminded() == []


def test_what_is_booked_at_short_notice_has_none(bob, blue):
    booked(bob, blue, starts=soon(hours=23, minutes=30), reminder=1440)
    assert reminded() == []


def test_what_moved_is_reminded_of_at_its_new_time_too(bob, blue, clock):
    starts, later = tomorrow(days=2), tomorrow(days=3)
    booking = booked(bob, blue, starts=starts, reminder=60)
    clock(starts - timedelta(minutes=30))
    assert len(reminded()) == 1
    wish = Wish.of(booking, starts_at=later, ends_at=later + timedelta(hours=1))
    change(booking=booking, actor=bob, version=booking.version, wish=wish)
    assert reminded() == []
    clock(later - timedelta(minutes=30))
    assert len(reminded()) == 1


def test_of_what_is_off_or_not_approved_nobody_is_reminded(bob, acme, blue, clock):
    starts = tomorrow(days=2)
    cancel(booking=booked(bob, blue, starts=starts, reminder=60), actor=bob)
    booked(bob, new_space(acme, "Board room", needs_approval=True), starts=starts, reminder=60)
    clock(starts - timedelta(minutes=30))
    assert reminded() == []


def test_one_that_cannot_be_written_keeps_no_other_from_it(bob, blue, green, clock, monkeypatch):
    starts = tomorrow(days=2)
    for space, title in ((blue, "Broken"), (green, "Sound")):
        booked(bob, space, starts=starts, reminder=60, title=title)
    people_of = reminders.people_of

    def fail(bookings):
        if bookings[0].title == "Broken":
            raise ZeroDivisionError
        return people_of(bookings)

    monkeypatch.setattr(reminders, "people_of", fail)
    monkeypatch.setattr(reminders, "_due", lambda due=reminders._due: sorted(due(), key=lambda one: one.title))
    clock(starts - timedelta(minutes=30))
    assert reminded() == ["Reminder: Sound bob"]
    monkeypatch.setattr(reminders, "people_of", people_of)
    assert reminded() == ["Reminder: Broken bob"]


def test_a_worker_does_it(bob, blue, clock):
    starts = tomorrow(days=2)
    booked(bob, blue, starts=starts, reminder=60)
    clock(starts - timedelta(minutes=30))
    assert "bookings.work.remind" in beat()
    assert "Reminder: Review" in [one.subject for one in deliver()]


@pytest.mark.django_db(transaction=True)
def test_processes_at_once_write_one_reminder(bob, blue, clock):
    starts = tomorrow(days=2)
    booked(bob, blue, starts=starts, reminder=60, attendees=(GINA,))
    clock(starts - timedelta(minutes=30))
    together = Barrier(8)

    def process(_number: int) -> None:
        together.wait(timeout=10)
        try:
            reminders.write_due()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as processes:
        list(processes.map(process, range(8)))
    assert Mail.objects.filter(kind="booking.reminder").count() == 2
