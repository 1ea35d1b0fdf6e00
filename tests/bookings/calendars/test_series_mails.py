"""What people have in their calendars of a series is what is booked, however it was changed."""

from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone

from bookings.models import Attendee, Booking, Series
from bookings.services.approval import approve, approve_series, decline_series, mark_of
from bookings.services.bookings import cancel
from bookings.services.bookings import change as change_one
from bookings.services.scopes import Scope, cancel_series, change_series
from bookings.services.series import book_series
from bookings.services.upkeep import ABSENT_AFTER, release_absent
from bookings.services.wishes import Wish
from tests.bookings.calendars.diary import Diary
from tests.bookings.places import booked, new_space, soon, tomorrow, wish
from tests.schedules import mails
from tests.schedules.mails import calendar

BOB, CAROL, DAN, GINA = (f"{name}@example.org" for name in ("bob", "carol", "dan", "gina"))
HOUR = timedelta(hours=1)


@pytest.fixture
def series(bob, blue) -> Series:
    """Five days in a row, with Carol and Gina."""
    asked = wish(blue, starts=tomorrow(9), attendees=(GINA, CAROL))
    return book_series(organizer=bob, wish=asked, rrule="FREQ=DAILY;COUNT=5")


def deliver(to: str) -> list[EmailMessage]:
    return [one for one in mails.deliver() if one.to == [to]]


def date(series: Series, number: int) -> Booking:
    return list(Booking.objects.filter(organization=series.organization).order_by("starts_at"))[number]


def changed(booking: Booking, actor, scope: Scope, **changes) -> Booking:
    found = Wish.of(booking, **changes)
    return change_series(booking=booking, actor=actor, version=booking.version, wish=found, scope=scope)


def standing(**only) -> list:
    return sorted(Booking.objects.filter(state="CONFIRMED", **only).values_list("title", "starts_at"))


def test_a_series_is_told_in_one_mail(series):
    told = mails.deliver()
    assert sorted((one.to[0], one.subject) for one in told) == [
        (BOB, "Booked: Review"),
        (CAROL, "Invitation: Review"),
        (GINA, "Invitation: Review"),
    ]
    assert Diary().read(*(one for one in told if one.to == [GINA])).entries() == standing()
    assert all("It repeats; the last one is on" in one.body for one in told)


def test_dates_that_could_not_be_had_are_left_out(bob, blue):
    booked(bob, blue, starts=tomorrow(9, days=2), title="In the way")
    mails.deliver()
    asked = wish(blue, starts=tomorrow(9), attendees=(GINA,))
    book_series(organizer=bob, wish=asked, rrule="FREQ=DAILY;COUNT=3", skip=True)
    assert Diary().read(*deliver(GINA)).entries() == standing(title="Review")


@pytest.mark.parametrize("scope", [Scope.FOLLOWING, Scope.ALL])
@pytest.mark.parametrize("at_once", [True, False], ids=["in one go", "mail by mail"])
def test_calendars_follow_whatever_is_changed(series, bob, green, scope, at_once):
    diary, told = Diary(), []

    def read() -> None:
        if not at_once:
            told.extend(deliver(GINA))
            assert diary.read(*told).entries() == standing(attendees__email=GINA)

    read()
    changed(date(series, 1), bob, Scope.THIS, starts_at=tomorrow(11, days=2), ends_at=tomorrow(12, days=2))
    read()
    cancel(booking=date(series, 3), actor=bob)
    read()
    changed(date(series, 2), bob, scope, title="Retro", spaces=(green,))
    read()
    later = date(series, 2)
    changed(later, bob, scope, starts_at=later.starts_at + HOUR, ends_at=later.ends_at + 2 * HOUR)
    read()
    changed(date(series, 4), bob, Scope.THIS, title="Last", attendees=(GINA,))
    told.extend(deliver(GINA))
    assert diary.read(*told).entries() == standing(attendees__email=GINA)
    assert len(diary.entries()) == 4 and ("Last", date(series, 4).starts_at) in diary.entries()


@pytest.mark.parametrize("scope", Scope)
def test_calendars_follow_what_is_called_off(series, bob, scope):
    diary = Diary().read(*deliver(GINA))
    cancel_series(booking=date(series, 2), actor=bob, scope=scope)
    told = deliver(GINA)
    assert len(told) == 1 and diary.read(*told).entries() == standing()
    assert len(diary.entries()) == {Scope.THIS: 4, Scope.FOLLOWING: 2, Scope.ALL: 0}[scope]
    subject = "Changed: Review" if scope == Scope.FOLLOWING else "Cancelled: Review"
    assert told[0].subject == subject


def test_calendars_keep_the_dates_of_a_series_but_the_one_that_nobody_came_to(bob, blue):
    asked = wish(blue, starts=soon(minutes=1), attendees=(GINA,))
    series = book_series(organizer=bob, wish=asked, rrule="FREQ=DAILY;COUNT=3")
    first, diary = date(series, 0), Diary().read(*deliver(GINA))
    begun = timezone.now() - 2 * ABSENT_AFTER
    Booking.objects.filter(pk=first.pk).update(starts_at=begun, updated_at=begun)
    assert release_absent() == 1
    told = deliver(GINA)
    assert [one.subject for one in told] == ["Released: Review"] and calendar(told[0])["METHOD"] == "CANCEL"
    assert diary.read(*told).entries() == standing() and len(diary.entries()) == 2


def test_news_of_one_date_is_newer_than_the_rule(series, bob):
    diary = Diary().read(*deliver(GINA))
    for number in (4, 3):
        cancel_series(booking=date(series, number), actor=bob, scope=Scope.FOLLOWING)
        diary.read(*deliver(GINA))
    changed(date(series, 1), bob, Scope.THIS, title="Retro")
    assert diary.read(*deliver(GINA)).entries() == standing()


def test_who_is_out_of_all_dates_is_told_once(series, bob):
    diary = Diary().read(*deliver(CAROL))
    changed(date(series, 0), bob, Scope.ALL, attendees=(GINA, DAN))
    told = mails.deliver()
    assert sorted((one.to[0], one.subject) for one in told) == [
        (CAROL, "Cancelled: Review"),
        (DAN, "Invitation: Review"),
    ]
    assert diary.read(*(one for one in told if one.to == [CAROL])).entries() == []
    dan = Diary().read(*(one for one in told if one.to == [DAN]))
    assert dan.entries() == standing()


def test_who_is_out_of_the_later_dates_keeps_the_earlier(series, bob):
    diary = Diary().read(*deliver(CAROL))
    changed(date(series, 2), bob, Scope.FOLLOWING, attendees=(GINA,))
    assert diary.read(*deliver(CAROL)).entries() == standing(attendees__email=CAROL)
    assert len(diary.entries()) == 2


def test_who_comes_to_later_dates_alone_hears_that_the_old_series_ended(series, bob):
    for number in (0, 1):
        changed(date(series, number), bob, Scope.THIS, attendees=(GINA,))
    diary = Diary().read(*deliver(CAROL))
    third = date(series, 2)
    changed(third, bob, Scope.FOLLOWING, starts_at=third.starts_at + HOUR, ends_at=third.ends_at + HOUR)
    told = deliver(CAROL)
    assert sorted(one.subject for one in told) == ["Cancelled: Review", "Changed: Review"]
    assert diary.read(*told).entries() == standing(attendees__email=CAROL)
    changed(date(series, 4), bob, Scope.FOLLOWING, attendees=(GINA,))
    changed(date(series, 3), bob, Scope.FOLLOWING, attendees=(GINA,))
    changed(date(series, 2), bob, Scope.THIS, attendees=(GINA,))
    assert diary.read(*deliver(CAROL)).entries() == []


@pytest.mark.parametrize("who", [BOB, GINA])
def test_a_series_of_which_nothing_is_left_is_off(series, bob, who):
    diary = Diary().read(*deliver(who))
    Booking.objects.filter(pk=date(series, 0).pk).update(state="RELEASED")
    second = date(series, 1)
    changed(second, bob, Scope.ALL, starts_at=second.starts_at + HOUR, ends_at=second.ends_at + HOUR)
    assert diary.read(*deliver(who)).entries() == standing()


def test_a_change_that_leaves_the_first_date_as_it_was_is_told(series, bob):
    changed(date(series, 0), bob, Scope.THIS, title="Retro")
    diary = Diary().read(*deliver(GINA))
    changed(date(series, 1), bob, Scope.ALL, title="Retro")
    [told] = deliver(GINA)
    assert told.subject == "Changed: Retro" and "Title: Review → Retro" in told.body
    assert diary.read(told).entries() == standing()


def test_who_came_to_one_date_and_comes_to_all_is_told(series, bob):
    changed(date(series, 2), bob, Scope.THIS, attendees=(GINA, CAROL, DAN))
    diary = Diary().read(*deliver(DAN))
    changed(date(series, 0), bob, Scope.ALL, attendees=(GINA, CAROL, DAN))
    told = mails.deliver()
    assert [(one.to[0], one.subject) for one in told] == [(DAN, "Changed: Review")]
    assert diary.read(*told).entries() == standing()


def test_who_is_taken_out_of_one_date_keeps_the_others(series, bob):
    diary = Diary().read(*deliver(CAROL))
    one = date(series, 2)
    change_one(booking=one, actor=bob, version=one.version, wish=Wish.of(one, attendees=(GINA,)))
    [told] = deliver(CAROL)
    assert calendar(told)["METHOD"] == "CANCEL" and diary.read(told).entries() == standing(attendees__email=CAROL)
    changed(date(series, 0), bob, Scope.ALL, title="Retro", attendees=(GINA, CAROL))
    assert diary.read(*deliver(CAROL)).entries() == standing(attendees__email=CAROL)


def test_another_time_of_all_asks_everybody_again(series, bob):
    Attendee.objects.update(answer="ACCEPTED", answered_at=series.created_at)
    changed(date(series, 0), bob, Scope.ALL, title="Retro")
    assert set(Attendee.objects.values_list("answer", flat=True)) == {"ACCEPTED"}
    first = date(series, 0)
    changed(first, bob, Scope.ALL, starts_at=first.starts_at + HOUR, ends_at=first.ends_at + HOUR)
    assert set(Attendee.objects.values_list("answer", flat=True)) == {"NEEDS-ACTION"}


def test_dates_are_approved_one_by_one_or_all_that_wait(bob, alice, acme):
    space = new_space(acme, "Board room", needs_approval=True)
    asked = wish(space, starts=tomorrow(9), attendees=(GINA,))
    series = book_series(organizer=bob, wish=asked, rrule="FREQ=DAILY;COUNT=3")
    diary = Diary().read(*deliver(GINA))
    assert {one["STATUS"] for one in diary.kept.values()} == {"TENTATIVE"}
    first = date(series, 0)
    approve(booking=first, actor=alice, version=first.version)
    diary.read(*deliver(GINA))
    assert statuses(diary) == ["CONFIRMED", "TENTATIVE", "TENTATIVE"]
    rest = [date(series, 1), date(series, 2)]
    approve_series(booking=rest[1], actor=alice, mark=mark_of(rest))
    [told] = deliver(GINA)
    assert told.subject == "Approved: Review" and statuses(diary.read(told)) == ["CONFIRMED"] * 3
    assert calendar(told).walk("VEVENT")[0]["SEQUENCE"] == 1  # newer than the rule that they were sent first
    assert diary.entries() == standing()


@pytest.mark.parametrize("left", [0, 1])
def test_dates_are_declined_all_at_once(bob, alice, acme, left):
    """Where one was approved before, the series goes on with it."""
    space = new_space(acme, "Board room", needs_approval=True)
    asked = wish(space, starts=tomorrow(9), attendees=(GINA,))
    series = book_series(organizer=bob, wish=asked, rrule="FREQ=DAILY;COUNT=3")
    diary = Diary().read(*deliver(GINA))
    for number in range(left):
        one = date(series, number)
        approve(booking=one, actor=alice, version=one.version)
    diary.read(*deliver(GINA))
    rest = [date(series, number) for number in range(left, 3)]
    decline_series(booking=rest[0], actor=alice, mark=mark_of(rest))
    [told] = deliver(GINA)
    assert told.subject == ("Changed: Review" if left else "Cancelled: Review")
    assert diary.read(told).entries() == standing() and len(diary.entries()) == left


def statuses(diary: Diary) -> list[str]:
    return [str(one["STATUS"]) for _at, one in sorted(diary.spread().items())]
