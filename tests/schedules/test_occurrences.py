"""Berlin's clocks change on the last Sundays of March and October."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError

from rooms.schedules.models import Schedule
from rooms.schedules.services import occurrence_in
from rooms.schedules.times import rule, spans
from tests.conftest import browser_of
from tests.rooms.people import come_in, member
from tests.schedules.plans import at, form, last_sunday, scheduled, soon

BERLIN = ZoneInfo("Europe/Berlin")


def local(schedule) -> list[str]:
    return [f"{span.starts_at.astimezone(BERLIN):%m-%d %H:%M}" for span in spans(schedule)]


@pytest.mark.parametrize("month", [3, 10])
def test_a_series_keeps_its_time_of_day_when_the_clocks_change(room, month):
    first = (last_sunday(month) - timedelta(days=2)).replace(hour=9, tzinfo=BERLIN)
    planned = scheduled(room, first, rrule="FREQ=DAILY;COUNT=5")
    assert {span.starts_at.astimezone(BERLIN).hour for span in spans(planned)} == {9}
    assert len({span.starts_at.hour for span in spans(planned)}) == 2
    assert {span.ends_at - span.starts_at for span in spans(planned)} == {timedelta(hours=1)}


def test_a_time_that_does_not_exist_is_refused(alice, room):
    alice.time_zone = "Europe/Berlin"
    alice.save()
    day = f"{last_sunday(3):%Y-%m-%d}"
    answer = browser_of(alice).post(f"/rooms/{room.code}/schedule/", form(starts=f"{day}T02:30", ends=f"{day}T03:30"))
    assert "does not exist that day" in str(answer.context["form"].errors["starts"])
    assert not Schedule.objects.exists()


def test_of_a_time_that_comes_twice_the_first_is_meant_and_that_is_said(alice, room):
    alice.time_zone = "Europe/Berlin"
    alice.save()
    day = f"{last_sunday(10):%Y-%m-%d}"
    asked = form(starts=f"{day}T02:30", ends=f"{day}T02:15")  # the second quarter past two
    answer = browser_of(alice).post(f"/rooms/{room.code}/schedule/", asked, follow=True)
    assert "comes twice" in answer.text
    planned = Schedule.objects.get()
    assert (planned.starts_at.hour, planned.ends_at.hour) == (0, 1)


def test_rules_are_simple_and_end(room):
    starts_at = at(1, 31, 8)
    assert rule("", starts_at, BERLIN, until=None, count=None) == ""
    assert rule("BIWEEKLY", starts_at, BERLIN, until=None, count=3) == "FREQ=WEEKLY;INTERVAL=2;COUNT=3"
    monthly = scheduled(room, starts_at, rrule=rule("MONTHLY", starts_at, BERLIN, until=None, count=3))
    assert local(monthly) == ["01-31 09:00", "03-31 09:00", "05-31 09:00"]


def test_the_last_day_counts(room):
    until = at(5, 6).date()
    daily = scheduled(room, at(5, 4, 21), rrule=rule("DAILY", at(5, 4, 21), BERLIN, until=until, count=None))
    assert local(daily) == ["05-04 23:00", "05-05 23:00", "05-06 23:00"]
    assert daily.over_at == at(5, 6, 22)


def test_a_year_of_days_is_the_most(room):
    daily = scheduled(room, at(5, 4), rrule="FREQ=DAILY;COUNT=100000")
    assert len(list(spans(daily))) == 367


def test_the_database_knows_that_a_meeting_ends_after_it_starts(room):
    planned = scheduled(room)
    with pytest.raises(IntegrityError):
        Schedule.objects.filter(pk=planned.pk).update(ends_at=planned.starts_at)


def test_the_database_knows_an_invitee_once(room):
    planned = scheduled(room, invitees=("bob@example.org",))
    with pytest.raises(IntegrityError):
        planned.invitees.create(email="BOB@example.org")


@pytest.mark.parametrize(
    ("minutes", "belongs"), [(-16, False), (-14, True), (30, True), (61, False), (-14 + 1440, True), (2000, False)]
)
def test_a_meeting_belongs_to_the_occurrence_around_its_begin(room, minutes, belongs):
    planned = scheduled(room, at(5, 4), rrule="FREQ=DAILY;COUNT=2")
    found = occurrence_in(room, at(5, 4) + timedelta(minutes=minutes), early=timedelta(minutes=15))
    assert (found is not None) == belongs
    assert found is None or found[0] == planned


def test_a_meeting_that_begins_then_has_the_title_and_the_times(room, alice):
    planned = scheduled(room, soon(minutes=10))
    scheduled(room, soon(days=2), title="Later")
    meeting = come_in(room, member(alice)).meeting
    assert (meeting.title, meeting.scheduled_starts_at) == ("Review", planned.starts_at)
    assert meeting.scheduled_ends_at == planned.ends_at
