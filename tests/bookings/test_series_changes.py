"""This one, this and the following, or all that are to come."""

from datetime import UTC, timedelta

import pytest
from django.db.models import F

from bookings.models import Booking, Series, Slot
from bookings.services.scopes import Scope, cancel_series, change_series
from bookings.services.wishes import Wish
from bookings.signals import booking_cancelled, booking_changed, series_cancelled, series_changed
from bookings.spaces.models import Space
from rooms.schedules.times import spans
from tests.bookings.places import (
    booked,
    equip,
    happened,
    heard,
    moved,
    new_space,
    organization_of,
    overlaps,
    refusal,
    series_of,
    soon,
    tomorrow,
)

pytestmark = pytest.mark.django_db
WEEK, DAY, HOUR = timedelta(weeks=1), timedelta(days=1), timedelta(hours=1)
CAROL, DAN, EVE, GINA = (f"{name}@example.org" for name in ("carol", "dan", "eve", "gina"))


@pytest.fixture
def weekly(bob, blue) -> list[Booking]:
    """Five Wednesdays, or whatever day tomorrow is."""
    return list(series_of(bob, blue, rrule="FREQ=WEEKLY;COUNT=5").bookings.order_by("starts_at"))


def changed(booking: Booking, actor, scope: Scope, **changes) -> Booking:
    return change_series(
        booking=booking, actor=actor, version=booking.version, wish=Wish.of(booking, **changes), scope=scope
    )


def later(booking: Booking, by: timedelta = HOUR) -> dict[str, object]:
    return {"starts_at": booking.starts_at + by, "ends_at": booking.ends_at + by}


def agrees(series: Series) -> bool:
    """The rule less what is left out, and the rows that stand, are the same dates."""
    left_out = set(series.excluded)
    ruled = {span.starts_at for span in spans(series) if span.starts_at.isoformat() not in left_out}
    gone = set(series.bookings.filter(state="CANCELLED").values_list("original_starts_at", flat=True))
    rows = set(series.bookings.exclude(state="CANCELLED").values_list("original_starts_at", flat=True))
    return ruled - gone == rows


def test_this_one_alone(bob, weekly):
    found = changed(weekly[1], bob, Scope.THIS, **later(weekly[1]))
    assert found.starts_at == weekly[1].starts_at + HOUR and found.original_starts_at == weekly[1].starts_at
    assert Booking.objects.filter(starts_at=F("original_starts_at")).count() == 4 and Series.objects.count() == 1


def test_all_in_one_go(bob, weekly):
    series = weekly[0].series
    with heard(booking_changed) as each, heard(series_changed) as whole:
        found = changed(weekly[2], bob, Scope.ALL, title="Renamed", **later(weekly[2]))
    assert found.pk == weekly[2].pk and found.starts_at == weekly[2].starts_at + HOUR and found.version == 2
    series.refresh_from_db()
    assert [one.starts_at for one in series.bookings.order_by("starts_at")] == [one.starts_at + HOUR for one in weekly]
    assert {one.title for one in series.bookings.all()} == {"Renamed"}
    assert series.sequence == 1 and series.starts_at == weekly[0].starts_at + HOUR and agrees(series)
    assert len(each) == 5 and all(one["in_series"] for one in each)
    assert len(whole) == 1 and whole[0]["previous"] is None


def test_this_and_the_following_are_a_series_of_their_own(bob, weekly):
    old = weekly[0].series
    with heard(series_changed) as whole:
        found = changed(weekly[2], bob, Scope.FOLLOWING, **later(weekly[2]))
    old.refresh_from_db()
    new = found.series
    assert new != old and whole[0]["previous"] == old and whole[0]["series"] == new
    assert [one.pk for one in old.bookings.order_by("starts_at")] == [one.pk for one in weekly[:2]]
    assert [one.starts_at for one in new.bookings.order_by("starts_at")] == [one.starts_at + HOUR for one in weekly[2:]]
    assert agrees(old) and agrees(new) and old.sequence == 1 and old.uid != new.uid


def test_words_alone_leave_each_its_time(bob, weekly):
    moved(weekly[3], bob, starts_at=weekly[3].starts_at + HOUR, ends_at=weekly[3].ends_at + HOUR)
    changed(weekly[1], bob, Scope.FOLLOWING, title="Renamed")
    weekly[3].refresh_from_db()
    assert weekly[3].starts_at == weekly[3].original_starts_at + HOUR and weekly[3].title == "Renamed"
    assert all(agrees(one) for one in Series.objects.all())


def emails(booking: Booking) -> set[str]:
    return set(booking.attendees.values_list("email", flat=True))


@pytest.mark.parametrize("scope", [Scope.FOLLOWING, Scope.ALL])
def test_what_is_left_as_it_was_stays_in_each(bob, blue, green, scope):
    _first, second = series_of(
        bob, blue, rrule="FREQ=WEEKLY;COUNT=2", attendees=(CAROL, GINA), meeting="ROOM"
    ).bookings.order_by("starts_at")
    [need] = equip(green, "Piano")
    own = {"title": "Talk", "is_private": True, "people": 3, "reminder": 10, "needs": (need,), "spaces": (green,)}
    elsewhere = {"meeting": "EXTERNAL", "external_url": "https://meet.example/1"}
    changed(second, bob, Scope.THIS, attendees=(GINA, EVE), **own, **elsewhere)
    first = Booking.objects.earliest("starts_at")
    changed(first, bob, scope, description="Bring figures", attendees=(CAROL, DAN), **later(first))
    second = Booking.objects.latest("starts_at")
    found = Wish.of(second)
    assert {name: getattr(found, name) for name in own | elsewhere} == own | elsewhere
    assert found.description == "Bring figures" and emails(second) == {EVE, DAN}
    assert second.starts_at == first.starts_at + HOUR + WEEK and overlaps() == 0
    assert emails(Booking.objects.earliest("starts_at")) == {CAROL, DAN}


def test_what_is_another_goes_to_each(bob, blue, green, weekly):
    [need] = equip(green, "Piano")
    changed(weekly[1], bob, Scope.THIS, title="Talk", people=4, description="Mine")
    asked = {"title": "Retro", "is_private": True, "people": 3, "reminder": 10, "needs": (need,), "spaces": (green,)}
    changed(weekly[0], bob, Scope.ALL, meeting="EXTERNAL", external_url="https://meet.example/1", **asked)
    for one in Booking.objects.order_by("starts_at"):
        found = Wish.of(one)
        assert {name: getattr(found, name) for name in asked} == asked
        assert found.where == ("EXTERNAL", "https://meet.example/1")
        assert found.description == ("Mine" if one.pk == weekly[1].pk else "")


def test_each_has_to_fit_where_it_is(alice, bob, acme, blue, green, weekly):
    changed(weekly[1], bob, Scope.THIS, people=8)
    first = Booking.objects.get(pk=weekly[0].pk)
    small = new_space(acme, "Small", capacity=2)
    assert refusal(changed, first, bob, Scope.ALL, spaces=(small,)) == "booking.too-many-people"
    changed(weekly[2], bob, Scope.THIS, spaces=(green,))
    booked(alice, green, starts=weekly[2].ends_at)
    assert refusal(changed, first, bob, Scope.ALL, **later(first)) == "booking.conflict"
    crowd = tuple(f"guest-{number}@example.org" for number in range(100))
    changed(weekly[3], bob, Scope.THIS, attendees=crowd)
    assert refusal(changed, first, bob, Scope.ALL, attendees=(EVE,)) == "booking.invalid"
    assert [one.version for one in first.series.bookings.order_by("starts_at")] == [1, 2, 2, 2, 1]


def test_only_what_moves_is_approved_anew(bob, green, weekly):
    changed(weekly[1], bob, Scope.THIS, spaces=(green,))
    Space.objects.update(needs_approval=True)
    changed(weekly[0], bob, Scope.ALL, spaces=(green,))
    states = list(Booking.objects.order_by("starts_at").values_list("state", flat=True))
    assert states == ["PENDING", "CONFIRMED", "PENDING", "PENDING", "PENDING"]


@pytest.mark.parametrize("days", [-1, 1, 3])
def test_to_another_day_of_the_week(bob, weekly, days):
    found = changed(weekly[1], bob, Scope.FOLLOWING, **later(weekly[1], days * DAY))
    assert agrees(found.series)
    rows = found.series.bookings.order_by("starts_at")
    assert [one.starts_at for one in rows] == [one.starts_at + days * DAY for one in weekly[1:]]


def test_they_may_take_each_others_places(bob, blue):
    daily = list(series_of(bob, blue, rrule="FREQ=DAILY;COUNT=4").bookings.order_by("starts_at"))
    found = changed(daily[0], bob, Scope.ALL, **later(daily[0], DAY))
    assert agrees(found.series) and overlaps() == 0
    assert [one.starts_at for one in found.series.bookings.order_by("starts_at")] == [
        one.starts_at + DAY for one in daily
    ]


def test_two_days_a_week_move_together(bob, blue):
    monday = tomorrow(days=8 - tomorrow().weekday())
    rrule = "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;COUNT=4"
    first = series_of(bob, blue, starts=monday, rrule=rrule).bookings.earliest("starts_at")
    found = changed(first, bob, Scope.ALL, **later(first, DAY))
    assert "BYDAY=TU,TH" in found.series.rrule and agrees(found.series)
    last = found.series.bookings.latest("starts_at")
    assert refusal(changed, last, bob, Scope.ALL, **later(last, 4 * DAY)) == "booking.rule-refused"


def test_one_date_in_the_way_and_none_is_changed(alice, bob, blue, weekly):
    booked(alice, blue, starts=weekly[3].starts_at + HOUR)
    before = list(Slot.objects.order_by("pk").values())
    assert refusal(changed, weekly[0], bob, Scope.ALL, **later(weekly[0])) == "booking.conflict"
    assert list(Slot.objects.order_by("pk").values()) == before
    assert not Booking.objects.exclude(version=1).exists()


def test_another_end_leaves_each_its_start(bob, weekly):
    alone = changed(weekly[1], bob, Scope.THIS, **later(weekly[1], 2 * HOUR))
    found = changed(alone, bob, Scope.ALL, ends_at=alone.ends_at + HOUR / 2)
    assert [(one.starts_at, one.ends_at - one.starts_at) for one in Booking.objects.order_by("starts_at")] == [
        (one.starts_at + (2 * HOUR if one == alone else 0 * HOUR), 1.5 * HOUR) for one in weekly
    ]
    assert agrees(found.series) and found.series.ends_at - found.series.starts_at == 1.5 * HOUR


@pytest.mark.parametrize("scope", [Scope.FOLLOWING, Scope.ALL])
def test_each_is_moved_by_as_much(bob, weekly, scope):
    alone = changed(
        weekly[1], bob, Scope.THIS, starts_at=weekly[1].starts_at + HOUR, ends_at=weekly[1].ends_at + 3 * HOUR
    )
    last = changed(weekly[4], bob, Scope.THIS, **later(weekly[4], -8 * DAY))
    found = changed(alone, bob, scope, **later(alone, DAY))
    found = found.series.bookings.get(pk=alone.pk)
    assert agrees(found.series) and found.original_starts_at == weekly[1].starts_at + DAY
    assert (found.starts_at, found.ends_at) == (alone.starts_at + DAY, alone.ends_at + DAY)
    third, fifth = (Booking.objects.get(pk=weekly[number].pk) for number in (2, 4))
    assert (third.starts_at, third.ends_at) == (weekly[2].starts_at + DAY, weekly[2].ends_at + DAY)
    assert (fifth.starts_at, fifth.original_starts_at) == (last.starts_at + DAY, weekly[4].starts_at + DAY)
    assert found.series.ends_at - found.series.starts_at == HOUR


def test_to_another_space(bob, green, weekly):
    found = changed(weekly[0], bob, Scope.ALL, spaces=(green,))
    assert {slot.space for slot in Slot.objects.all()} == {green} and agrees(found.series)


def test_what_has_begun_or_is_over_stays_as_it_is(bob, blue, green):
    rows = list(
        series_of(bob, blue, starts=soon(minutes=30), rrule="FREQ=DAILY;COUNT=4").bookings.order_by("starts_at")
    )
    running = happened(rows[0], minutes=45)
    found = changed(rows[2], bob, Scope.ALL, **later(rows[2]))
    running.refresh_from_db()
    assert running.version == 1 and running.series != found.series
    assert found.series.bookings.count() == 3 and agrees(found.series)
    assert refusal(changed, running, bob, Scope.FOLLOWING, **later(running)) == "booking.begun"


def test_what_was_called_off_stays_off(bob, weekly):
    cancel_series(booking=weekly[2], actor=bob, scope=Scope.THIS)
    found = changed(weekly[0], bob, Scope.ALL, **later(weekly[0]))
    assert agrees(found.series) and found.series.bookings.exclude(state="CANCELLED").count() == 4
    assert (weekly[2].starts_at + HOUR).isoformat() in found.series.excluded


def test_another_takes_the_date_of_one_that_was_called_off(bob, blue):
    daily = list(series_of(bob, blue, rrule="FREQ=DAILY;COUNT=4").bookings.order_by("starts_at"))
    cancel_series(booking=daily[1], actor=bob, scope=Scope.THIS)
    found = changed(daily[0], bob, Scope.ALL, **later(daily[0], DAY))
    assert found.starts_at == daily[1].starts_at and agrees(found.series)


def test_moving_asks_for_approval_again(alice, bob, weekly):
    Space.objects.update(needs_approval=True)
    changed(weekly[0], bob, Scope.ALL, title="Renamed")
    assert {one.state for one in Booking.objects.all()} == {"CONFIRMED"}
    first = Booking.objects.get(pk=weekly[0].pk)
    changed(first, bob, Scope.ALL, **later(first))
    assert {one.state for one in Booking.objects.all()} == {"PENDING"}


def test_who_may_and_which_version_as_for_one(bob, charlie, weekly):
    assert refusal(changed, weekly[0], charlie, Scope.ALL, title="Mine") == "booking.not-allowed"
    assert refusal(cancel_series, booking=weekly[0], actor=charlie, scope=Scope.ALL) == "booking.not-allowed"
    changed(weekly[0], bob, Scope.ALL, title="Renamed")
    assert refusal(changed, weekly[0], bob, Scope.ALL, title="Older") == "booking.changed"


@pytest.mark.parametrize("scope", Scope)
def test_to_no_space_of_another_organization(bob, charlie, weekly, scope):
    theirs = new_space(organization_of(charlie, slug="other"), "Theirs")
    assert refusal(changed, weekly[0], bob, scope, spaces=(theirs,)) == "booking.not-allowed"
    assert not Slot.objects.filter(space=theirs).exists()


def test_the_clock_on_the_wall_counts_across_a_change_of_clocks(bob, acme, blue):
    Space.objects.update(time_zone="Europe/Paris", horizon_days=730)
    blue.refresh_from_db()
    start = tomorrow(8)
    rows = list(series_of(bob, blue, starts=start, rrule="FREQ=WEEKLY;COUNT=53").bookings.order_by("starts_at"))
    zone = rows[0].series.zone
    found = changed(rows[0], bob, Scope.ALL, **later(rows[0]))
    hours = {one.starts_at.astimezone(zone).hour for one in found.series.bookings.all()}
    assert hours == {(start + HOUR).astimezone(zone).hour} and agrees(found.series)
    assert len({one.starts_at.astimezone(UTC).hour for one in found.series.bookings.all()}) == 2


def test_cancelling_this_and_the_following(alice, bob, blue, weekly):
    with heard(booking_cancelled) as each, heard(series_cancelled) as whole:
        for _ in range(2):
            found = cancel_series(booking=weekly[3], actor=bob, scope=Scope.FOLLOWING)
    assert found.state == "CANCELLED" and len(each) == 2 and len(whole) == 1
    series = Series.objects.get()
    assert series.sequence == 1 and [span.starts_at for span in spans(series)] == [one.starts_at for one in weekly[:3]]
    booked(alice, blue, starts=weekly[4].starts_at)


def test_cancelling_all(alice, bob, weekly):
    cancel_series(booking=weekly[4], actor=alice, scope=Scope.ALL)
    assert {one.state for one in Booking.objects.all()} == {"CANCELLED"}
    assert not Slot.objects.filter(is_held=True).exists()


def test_words_change_where_fewer_fit_by_now(bob, blue, weekly):
    changed(weekly[0], bob, Scope.ALL, people=4)
    Space.objects.update(capacity=3)
    for one in weekly:
        one.refresh_from_db()
    assert changed(weekly[1], bob, Scope.ALL, title="Renamed").title == "Renamed"
    weekly[0].refresh_from_db()
    assert refusal(changed, weekly[0], bob, Scope.ALL, people=5) == "booking.too-many-people"
