"""A reminder of an occurrence comes once, in time or not at all."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections

from mail.models import Mail
from rooms.schedules import notices, reminders
from rooms.schedules.models import NoticeKind, Schedule
from rooms.schedules.services import cancel_schedule, change_schedule
from rooms.schedules.times import Span
from tests.schedules.mails import deliver
from tests.schedules.plans import plan, scheduled, soon

BOB = "bob@example.org"


@pytest.fixture
def clock(monkeypatch):
    """Moves the time that everything here goes by."""

    def set_to(moment):
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    return set_to


def reminded() -> list[str]:
    reminders.write_due()
    return [f"{one.subject} {one.to[0]}" for one in deliver()]


def test_everybody_is_reminded_once_and_the_organizer_too(room, clock):
    starts_at = soon(days=2)
    scheduled(room, starts_at, invitees=(BOB,), reminder=60)
    deliver()
    clock(starts_at - timedelta(minutes=61))
    assert reminded() == []
    clock(starts_at - timedelta(minutes=59))
    assert reminded() == [f"Reminder: Review {address}" for address in ("alice@example.org", BOB)]
    assert reminded() == []


def test_every_occurrence_of_a_series_has_its_own(room, clock):
    starts_at = soon(days=2)
    scheduled(room, starts_at, rrule="FREQ=DAILY;COUNT=2", reminder=10)
    for days, expected in ((0, 1), (1, 1), (2, 0)):
        clock(starts_at + timedelta(days=days, minutes=-10))
        assert len(reminded()) == expected
    assert Schedule.objects.get().next_reminder_at is None


def test_after_the_start_it_is_too_late(room, clock):
    starts_at = soon(days=2)
    scheduled(room, starts_at, reminder=10)
    clock(starts_at + timedelta(minutes=1))  # the server was stopped
    assert reminded() == []


def test_what_is_planned_at_short_notice_has_none(room):
    assert scheduled(room, soon(minutes=8), reminder=10).next_reminder_at is None


def test_the_longest_of_addresses_is_reminded_too(room, clock):
    longest = f"{'b' * 64}@{'.'.join(['x' * 60] * 3)}.org"
    starts_at = soon(minutes=30)
    scheduled(room, starts_at, invitees=(longest,), reminder=10)
    clock(starts_at - timedelta(minutes=5))
    assert f"Reminder: Review {longest}" in reminded()


def test_a_meeting_that_moved_is_reminded_of_at_its_new_time(room, alice, clock):
    starts_at, later = soon(days=2), soon(days=3)
    schedule = scheduled(room, starts_at, reminder=10)
    change_schedule(schedule=schedule, actor=alice, plan=plan(later, reminder=10))
    clock(starts_at)
    assert reminded() == []
    clock(later - timedelta(minutes=5))
    assert len(reminded()) == 1


def test_of_what_is_cancelled_nobody_is_reminded(room, alice, clock):
    starts_at = soon(days=2)
    cancel_schedule(schedule=scheduled(room, starts_at, reminder=10), actor=alice)
    clock(starts_at - timedelta(minutes=5))
    assert reminded() == []


def test_the_database_knows_one_reminder_of_an_occurrence(room, clock):
    starts_at = soon(days=2)
    scheduled(room, starts_at, reminder=10)
    clock(starts_at - timedelta(minutes=5))
    reminders.write_due()
    schedule = Schedule.objects.get()
    notices.write(NoticeKind.REMINDER, schedule, ["alice@example.org"], span=Span(schedule.starts_at, schedule.ends_at))
    assert Mail.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_processes_at_once_write_one_reminder(room, clock):
    starts_at = soon(days=2)
    scheduled(room, starts_at, invitees=(BOB,), reminder=10)
    deliver()
    clock(starts_at - timedelta(minutes=5))
    together = Barrier(8)

    def process(_number: int) -> None:
        together.wait(timeout=10)
        try:
            reminders.write_due()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as processes:
        list(processes.map(process, range(8)))
    assert sorted(Mail.objects.filter(kind="REMINDER").values_list("recipient", flat=True)) == [
        "alice@example.org",
        BOB,
    ]
