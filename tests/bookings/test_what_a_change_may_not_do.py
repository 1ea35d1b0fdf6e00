"""Ways around approval, rights and the clock that a change of a booking does not open."""

from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress

from bookings.forms import ChangeForm
from bookings.models import Booking
from bookings.services.bookings import change
from bookings.services.presence import check_in, extend
from bookings.services.scopes import Scope, cancel_series, change_series
from bookings.services.series import book_series
from bookings.services.upkeep import release_absent
from bookings.services.wishes import Wish
from bookings.states import BookingState
from realtime.refusals import Refused
from tests.bookings.places import booked, happened, new_space, next_turn, soon, tomorrow, wish
from tests.conftest import browser_of


def refusal(verb, **asked) -> str:
    with pytest.raises(Refused) as refused:
        verb(**asked)
    return refused.value.code


@pytest.fixture
def hall(acme):
    return new_space(acme, "Hall", needs_approval=True)


def test_who_is_checked_in_does_not_go_to_a_space_that_needs_approval(bob, blue, hall):
    made = check_in(booking=booked(bob, blue, starts=soon(minutes=10)), actor=bob)
    there = Wish.of(made, spaces=(hall,))
    assert refusal(change, booking=made, actor=bob, version=made.version, wish=there) == "booking.begun"


@pytest.mark.parametrize("scope", [Scope.FOLLOWING, Scope.ALL])
def test_nor_with_the_rest_of_a_series(bob, blue, hall, scope):
    series = book_series(organizer=bob, wish=wish(blue, starts=soon(minutes=10)), rrule="FREQ=DAILY;COUNT=3")
    first = check_in(booking=series.bookings.order_by("starts_at")[0], actor=bob)
    there = Wish.of(first, spaces=(hall,))
    asked = {"booking": first, "actor": bob, "version": first.version, "wish": there, "scope": scope}
    assert refusal(change_series, **asked) == "booking.begun"


def test_an_organizer_who_only_looks_by_now_asks_for_nothing_new(bob, acme, blue):
    made = booked(bob, blue, starts=soon(minutes=2))
    acme.memberships.filter(user=bob).update(role="VIEWER")
    more = Wish.of(made, attendees=("gina@example.net",))
    assert refusal(change, booking=made, actor=bob, version=made.version, wish=more) == "booking.not-allowed"
    assert refusal(extend, booking=made, actor=bob, minutes=15) == "booking.not-allowed"


def test_a_series_whose_first_date_was_released_is_changed_and_called_off(alice, bob, blue):
    series = book_series(
        organizer=bob,
        wish=wish(blue, starts=soon(minutes=2), attendees=("gina@example.net",)),
        rrule="FREQ=DAILY;COUNT=3",
    )
    first, second, _third = series.bookings.order_by("starts_at")
    happened(first, minutes=30)
    Booking.objects.filter(pk=first.pk).update(updated_at=soon(minutes=-30))
    assert release_absent() == 1
    renamed = Wish.of(second, title="Retro")
    change_series(booking=second, actor=bob, version=second.version, wish=renamed, scope=Scope.ALL)
    assert list(Booking.objects.order_by("starts_at").values_list("title", flat=True)) == ["Review", "Retro", "Retro"]


def test_calling_all_off_leaves_what_runs(bob, blue):
    series = book_series(organizer=bob, wish=wish(blue, starts=soon(minutes=2)), rrule="FREQ=DAILY;COUNT=3")
    first, second, _third = series.bookings.order_by("starts_at")
    happened(check_in(booking=first, actor=bob), minutes=5)
    cancel_series(booking=second, actor=bob, scope=Scope.ALL)
    states = list(Booking.objects.order_by("starts_at").values_list("state", flat=True))
    assert states == [BookingState.CHECKED_IN, BookingState.CANCELLED, BookingState.CANCELLED]


def test_extending_asks_for_the_time_that_is_added_and_no_other(bob, blue):
    booked(bob, blue, starts=soon(minutes=-3), minutes=4)
    made = check_in(booking=booked(bob, blue, starts=soon(minutes=1)), actor=bob)
    type(blue).objects.update(buffer_before=30)
    ends_at = made.ends_at
    assert extend(booking=made, actor=bob, minutes=15).ends_at == ends_at + timedelta(minutes=15)


def test_a_time_in_an_hour_that_comes_twice_stays_where_it_is(bob, acme):
    paris = new_space(acme, "Paris", time_zone="Europe/Paris", horizon_days=730)
    day = next_turn(paris, forward=False)
    second = datetime(day.year, day.month, day.day, 2, 30, tzinfo=paris.zone, fold=1).astimezone(UTC)
    made = booked(bob, paris, starts=second)
    form = ChangeForm.of(made, [paris])
    sent = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    sent |= {
        "starts": "2027-10-31T02:30",
        "ends": "2027-10-31T03:30",
        "title": "Renamed",
        "needs": [],
        "more_spaces": [],
    }
    again = ChangeForm.of(made, [paris], sent)
    assert again.is_valid(), again.errors
    assert (again.wish.starts_at, again.wish.ends_at) == (made.starts_at, made.ends_at)


def test_who_is_invited_to_one_date_sees_that_one_and_no_other_addresses(bob, charlie, acme, blue):
    EmailAddress.objects.create(user=charlie, email=charlie.email, verified=True)
    series = book_series(
        organizer=bob, wish=wish(blue, starts=tomorrow(), attendees=("gina@example.net",)), rrule="FREQ=DAILY;COUNT=3"
    )
    first, *_others = series.bookings.order_by("starts_at")
    first.attendees.create(email=charlie.email)
    page = browser_of(charlie).get(f"/bookings/{first.pk}/")
    assert list(page.context["dates"]) == [first]
    assert "gina@example.net" not in page.text


@pytest.mark.parametrize("starts", ["9999-12-31T23:30", "0001-01-01T00:00Z", "9999-12-31T23:59:00+00:00"])
def test_times_at_the_end_of_all_days(bob, acme, starts):
    west = new_space(acme, "West", time_zone="America/New_York")
    page = browser_of(bob)
    assert page.get("/organizations/acme/bookings/new/", {"starts": starts, "space": west.pk}).status_code == 200
    asked = {"spaces": [str(west.pk)], "starts": starts, "ends": starts, "title": "x"}
    answer = page.post("/organizations/acme/bookings/", asked, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (422, "booking.invalid")
