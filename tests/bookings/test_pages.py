"""The pages on which people book, and see, change and cancel what is booked."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from accounts.models import User
from bookings.models import Booking, Series
from bookings.services.holds import hold
from bookings.spaces.models import Space
from bookings.states import BookingState
from tests.bookings.places import (
    booked,
    happened,
    join,
    new_space,
    organization_of,
    series_of,
    soon,
    tomorrow,
)
from tests.conftest import browser_of


def wall(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M")  # the spaces are in UTC


def typed(space: Space, starts: datetime | None = None, minutes: int = 60, **fields: Any) -> dict[str, Any]:
    starts = starts or tomorrow()
    return {
        "title": "Review",
        "space": space.pk,
        "starts": wall(starts),
        "ends": wall(starts + timedelta(minutes=minutes)),
        "people": 2,
        "reminder": 0,
        "meeting": "NONE",
        **fields,
    }


NEW = "/organizations/acme/bookings/new/"
HOLD = "/organizations/acme/bookings/hold/"


def edited(booking: Booking, **fields: Any) -> dict[str, Any]:
    length = (booking.ends_at - booking.starts_at).seconds // 60
    fields = {"version": booking.version, "title": booking.title} | fields
    return typed(booking.spaces.get(), booking.starts_at, length) | fields


def test_a_member_books(bobs_page: Client, bob, blue):
    answer = bobs_page.post(NEW, typed(blue, attendees="gina@example.net"))
    made = Booking.objects.get()
    assert answer.url == f"/bookings/{made.pk}/"
    assert (made.organizer, made.state, made.title) == (bob, BookingState.CONFIRMED, "Review")
    assert list(made.spaces.all()) == [blue]
    page = bobs_page.get(answer.url)
    assert "It is booked." in page.content.decode()
    assert "gina@example.net" in page.content.decode()


def test_the_form_asks_for_what_the_link_says(bobs_page: Client, blue, green):
    asked = {"space": green.pk, "starts": "2035-03-05T09:30", "ends": "2035-03-05T10:00", "people": 5}
    form = bobs_page.get(NEW, asked).context["form"]
    assert (form["space"].value(), form["people"].value()) == (green.pk, "5")
    assert form["starts"].value() == datetime(2035, 3, 5, 9, 30)
    assert form["ends"].value() == datetime(2035, 3, 5, 10, 0)


@pytest.mark.parametrize("starts", ["", "yesterday", "2035-99-01T10:00", "0001-01-01T00:00Z"])
def test_a_link_that_says_nonsense_still_shows_the_form(bobs_page: Client, blue, starts):
    assert bobs_page.get(NEW, {"starts": starts, "space": "x"}).status_code == 200


def test_the_hold_of_the_page_becomes_the_booking(bobs_page: Client, bob, blue):
    form = typed(blue)
    held = bobs_page.post(HOLD, form).json()["hold"]
    assert Booking.objects.get().state == BookingState.HELD
    bobs_page.post(NEW, {**form, "hold": held})
    assert str(Booking.objects.get().pk) == held
    assert Booking.objects.get().state == BookingState.CONFIRMED


def test_a_hold_is_let_go_and_others_are_told_meanwhile(bobs_page: Client, host_page: Client, blue):
    held = bobs_page.post(HOLD, typed(blue)).json()["hold"]
    refused = host_page.post(HOLD, typed(blue))
    assert (refused.status_code, refused.json()["code"]) == (409, "booking.conflict")
    assert bobs_page.post(HOLD, typed(blue, hold=held, let_go="1")).json() == {}
    assert host_page.post(HOLD, typed(blue)).status_code == 200


def test_the_same_form_sent_twice_books_once(bobs_page: Client, blue):
    first, second = (bobs_page.post(NEW, typed(blue, key="page-1")) for _ in range(2))
    assert first.url == second.url
    assert Booking.objects.count() == 1


def test_a_conflict_says_with_what_and_offers_others_one_press_away(bobs_page: Client, alice, blue, green):
    booked(alice, blue, title="Board")
    answer = bobs_page.post(NEW, typed(blue))
    assert answer.status_code == 409
    assert "Board" in answer.content.decode()
    there = next(one for one in answer.context["conflict"].alternatives if one.spaces == (green,))
    starts, ends = wall(there.starts_at), wall(there.ends_at)
    value = f"{green.pk}|{starts}|{ends}"
    assert f'value="{value}"' in answer.content.decode()
    bobs_page.post(NEW, typed(blue, instead=value))
    assert list(Booking.objects.get(title="Review").spaces.all()) == [green]


def test_a_conflict_does_not_tell_what_is_private(bobs_page: Client, alice, blue):
    booked(alice, blue, title="Layoffs", is_private=True)
    page = bobs_page.post(NEW, typed(blue)).content.decode()
    assert "Layoffs" not in page
    assert "Busy" in page


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"title": ""}, "required"),
        ({"people": 500}, "So many people do not fit"),
        ({"meeting": "EXTERNAL"}, "Paste the link"),
        ({"meeting": "EXTERNAL", "external_url": "javascript:alert(1)"}, "valid URL"),
        ({"minutes": 9 * 60}, "longer than the space"),
        ({"attendees": "nobody"}, "is not a mail address"),
    ],
)
def test_what_cannot_be_is_said_on_the_form(bobs_page: Client, blue, fields, said):
    answer = bobs_page.post(NEW, typed(blue, **fields))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Booking.objects.exists()


def test_a_form_takes_a_while_and_no_longer(bobs_page: Client, blue):
    starts = soon(minutes=-2)
    begun, over = typed(blue, starts), typed(blue, soon(minutes=-6))
    held = bobs_page.post(HOLD, begun).json()["hold"]
    assert bobs_page.post(NEW, {**begun, "hold": held}).status_code == 302
    assert bobs_page.post(HOLD, over).json()["code"] == "booking.past"
    answer = bobs_page.post(NEW, over)
    assert answer.status_code == 422 and "This time is over already." in answer.text
    assert Booking.objects.get().starts_at == starts


def test_a_series_shows_every_date_before_it_is_booked(bobs_page: Client, alice, blue):
    booked(alice, blue, starts=tomorrow(days=8))
    form = typed(blue, repeat="WEEKLY", count=3)
    preview = bobs_page.post(NEW, form)
    assert preview.status_code == 409
    assert [one.problem is None for one in preview.context["dates"]] == [True, False, True]
    assert not Series.objects.exists()
    answer = bobs_page.post(NEW, {**dict(preview.context["posted"]), "confirm": "skip"})
    assert Series.objects.get().bookings.count() == 2
    page = bobs_page.get(answer.url).content.decode()
    assert page.count("<li>") >= 2


def test_the_hold_of_the_page_is_not_in_the_way_of_its_own_series(bobs_page: Client, blue):
    form = typed(blue, repeat="WEEKLY", count=3)
    held = bobs_page.post(HOLD, form).json()["hold"]
    assert bobs_page.post(NEW, {**form, "hold": held}).context["problems"] == 0
    bobs_page.post(NEW, {**form, "hold": held, "confirm": "all"})
    assert Series.objects.get().bookings.count() == 3


def test_going_back_from_the_dates_keeps_what_was_typed(bobs_page: Client, blue):
    answer = bobs_page.post(NEW, typed(blue, repeat="WEEKLY", count=3, confirm="back"))
    assert "bookings/new.html" in [one.name for one in answer.templates]
    assert 'value="Review"' in answer.content.decode()


def test_a_series_is_not_booked_whole_when_a_date_went_meanwhile(bobs_page: Client, alice, blue):
    form = typed(blue, repeat="WEEKLY", count=3)
    assert bobs_page.post(NEW, form).status_code == 200
    booked(alice, blue, starts=tomorrow(days=8))
    assert bobs_page.post(NEW, {**form, "confirm": "all"}).status_code == 409
    assert not Series.objects.exists()


def test_a_booking_is_changed(bobs_page: Client, bob, blue, green):
    made = booked(bob, blue)
    form = edited(made, title="Retro", space=green.pk)
    assert bobs_page.post(f"/bookings/{made.pk}/edit/", form).url == f"/bookings/{made.pk}/"
    made.refresh_from_db()
    assert (made.title, made.spaces.get()) == ("Retro", green)


def test_who_is_late_sees_what_it_is_now_and_may_save_again(bobs_page: Client, host_page: Client, bob, blue):
    made = booked(bob, blue)
    stale = edited(made, title="Mine")
    host_page.post(f"/bookings/{made.pk}/edit/", edited(made, title="Theirs"))
    answer = bobs_page.post(f"/bookings/{made.pk}/edit/", stale)
    assert answer.status_code == 409
    assert "Theirs" in answer.content.decode()
    again = answer.context["form"]["version"].value()
    bobs_page.post(f"/bookings/{made.pk}/edit/", {**stale, "version": again})
    made.refresh_from_db()
    assert made.title == "Mine"


def test_one_date_of_a_series_or_all_that_follow_are_changed(bobs_page: Client, bob, blue):
    bobs_page.post(NEW, typed(blue, repeat="WEEKLY", count=4, confirm="all"))
    first, second, third, _fourth = Booking.objects.order_by("starts_at")
    bobs_page.post(f"/bookings/{first.pk}/edit/", edited(first, title="Once", scope="THIS"))
    assert titles() == ["Once", "Review", "Review", "Review"]
    bobs_page.post(f"/bookings/{second.pk}/edit/", edited(second, title="From here", scope="FOLLOWING"))
    assert titles() == ["Once", "From here", "From here", "From here"]
    bobs_page.post(f"/bookings/{second.pk}/cancel/", {"scope": "THIS", "version": 2})
    assert cancelled() == [False, True, False, False]
    bobs_page.post(f"/bookings/{third.pk}/cancel/", {"scope": "FOLLOWING", "version": 2})
    assert cancelled() == [False, True, True, True]


@pytest.mark.parametrize("scope", ["THIS", "FOLLOWING", "ALL"])
def test_who_cancels_what_was_moved_meanwhile_sees_where_it_is_now(
    bobs_page: Client, host_page: Client, bob, blue, green, scope
):
    bobs_page.post(NEW, typed(blue, repeat="WEEKLY", count=2, confirm="all"))
    made = Booking.objects.earliest("starts_at")
    path = f"/bookings/{made.pk}/cancel/"
    assert 'name="version" value="1"' in bobs_page.get(path).text
    host_page.post(f"/bookings/{made.pk}/edit/", edited(made, space=green.pk, title="Board"))
    answer = bobs_page.post(path, {"scope": scope, "version": 1})
    assert (answer.status_code, cancelled()) == (409, [False, False])
    assert "changed meanwhile" in answer.text and "Board" in answer.text and "Green" in answer.text
    assert 'name="version" value="2"' in answer.text
    bobs_page.post(path, {"scope": scope, "version": 2})
    assert cancelled() == [True, scope != "THIS"]
    assert bobs_page.post(path, {"scope": "THIS", "version": 1}).status_code == 302


def titles() -> list[str]:
    return list(Booking.objects.order_by("starts_at").values_list("title", flat=True))


def cancelled() -> list[bool]:
    return [one.state == BookingState.CANCELLED for one in Booking.objects.order_by("starts_at")]


@pytest.mark.parametrize(("zone", "times"), [("Europe/Rome", 0), ("Asia/Tokyo", 1)])
def test_ones_own_time_is_shown_where_the_clock_differs(bobs_page: Client, bob, acme, zone, times):
    User.objects.filter(pk=bob.pk).update(time_zone="Europe/Berlin")
    there = new_space(acme, "There", time_zone=zone)
    made = booked(bob, there, starts=soon(hours=2))
    pages = [f"/bookings/{made.pk}/", f"/organizations/acme/spaces/{there.pk}/"]
    assert [bobs_page.get(path).text.lower().count("for you") for path in pages] == [times, times]
    assert bobs_page.get("/organizations/acme/spaces/").text.count("for you)") == 2 * times


def test_an_administrator_approves_what_waits(host_page: Client, bobs_page: Client, bob, acme):
    hall = new_space(acme, "Hall", needs_approval=True)
    bobs_page.post(NEW, typed(hall))
    made = Booking.objects.get()
    assert made.state == BookingState.PENDING
    assert list(host_page.get("/organizations/acme/bookings/").context["waiting"]) == [made]
    form = {"decision": "approve", "version": made.version}
    assert bobs_page.post(f"/bookings/{made.pk}/decide/", form).status_code == 403
    host_page.post(f"/bookings/{made.pk}/decide/", form)
    made.refresh_from_db()
    assert made.state == BookingState.CONFIRMED


@pytest.mark.parametrize(("decision", "state"), [("approve", "CONFIRMED"), ("decline", "DECLINED")])
def test_an_administrator_decides_about_all_that_wait_of_a_series(host_page, bobs_page, bob, acme, decision, state):
    hall = new_space(acme, "Hall", needs_approval=True)
    series_of(bob, hall, rrule="FREQ=DAILY;COUNT=3")
    path = f"/bookings/{Booking.objects.first().pk}/"
    assert "that wait" not in bobs_page.get(path).text
    shown = host_page.get(path)
    assert "Approve all 3 that wait" in shown.text and "Decline all 3 that wait" in shown.text
    form = {"decision": decision, "version": 1, "mark": shown.context["mark"]}
    assert bobs_page.post(f"{path}decide/", form).status_code == 403
    assert "The bookings are " in host_page.post(f"{path}decide/", form, follow=True).text
    assert set(Booking.objects.values_list("state", flat=True)) == {state}
    assert 'data-refusal="booking.changed"' in host_page.post(f"{path}decide/", form).text


def test_one_that_waits_is_decided_alone(host_page, bob, acme):
    made = booked(bob, new_space(acme, "Hall", needs_approval=True))
    assert "that wait" not in host_page.get(f"/bookings/{made.pk}/").text
    form = {"decision": "approve", "version": 1, "mark": "0" * 64}
    host_page.post(f"/bookings/{made.pk}/decide/", form)
    made.refresh_from_db()
    assert made.state == BookingState.CONFIRMED


def test_what_begins_soon_is_checked_in_lengthened_and_ended(bobs_page: Client, bob, blue):
    made = booked(bob, blue, starts=soon(minutes=5))
    assert "Check in" in bobs_page.get(f"/bookings/{made.pk}/").content.decode()
    bobs_page.post(f"/bookings/{made.pk}/check-in/")
    happened(made, minutes=20)
    seen = {"version": Booking.objects.get().version}
    answers = [bobs_page.post(f"/bookings/{made.pk}/extend/", seen) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 403] and "changed meanwhile" in answers[1].text
    made.refresh_from_db()
    assert (made.state, made.ends_at - made.starts_at) == (BookingState.CHECKED_IN, timedelta(minutes=75))
    bobs_page.post(f"/bookings/{made.pk}/end/")
    made.refresh_from_db()
    assert made.state == BookingState.COMPLETED


def test_lists_show_what_is_mine_and_what_i_am_invited_to(host_page: Client, bobs_page: Client, alice, bob, blue):
    booked(bob, blue, title="Demo", attendees=("alice@example.org",))
    assert "Demo" in bobs_page.get("/bookings/").content.decode()
    assert "Demo" not in host_page.get("/bookings/").content.decode(), "the address is not proven"
    EmailAddress.objects.create(user=alice, email=alice.email, verified=True)
    assert "Demo" in host_page.get("/bookings/").content.decode()


def test_private_bookings_are_listed_for_their_people_and_administrators(
    host_page: Client, bobs_page: Client, bob, charlie, acme, blue
):
    join(acme, charlie)
    booked(bob, blue, title="Salary", is_private=True)
    listed = "/organizations/acme/bookings/"
    for page, seen in ((host_page, True), (bobs_page, True), (browser_of(charlie), False)):
        assert ("Salary" in page.get(listed).content.decode()) is seen


def test_strangers_find_nothing(strangers_page: Client, bob, blue):
    made = booked(bob, blue)
    for path in (NEW, "/organizations/acme/bookings/", *(f"/bookings/{made.pk}/{part}" for part in ("", "edit/"))):
        assert strangers_page.get(path).status_code == 404, path
    for part in ("edit", "move", "cancel", "decide", "check-in", "join", "end", "extend"):
        assert strangers_page.post(f"/bookings/{made.pk}/{part}/").status_code == 404, part
    assert strangers_page.post(HOLD, typed(blue)).status_code == 404
    made.refresh_from_db()
    assert made.version == 1


def test_viewers_only_look(charlie, bob, acme, blue):
    join(acme, charlie, "VIEWER")
    made = booked(bob, blue)
    page = browser_of(charlie)
    assert page.get(f"/bookings/{made.pk}/").status_code == 200
    assert page.get(NEW).status_code == 403
    assert page.post(HOLD, typed(blue)).status_code == 403
    assert page.get(f"/bookings/{made.pk}/edit/").status_code == 403
    for part in ("cancel", "check-in", "join", "end", "extend"):
        assert page.post(f"/bookings/{made.pk}/{part}/").status_code == 403, part
    made.refresh_from_db()
    assert made.state == BookingState.CONFIRMED


def test_a_space_of_another_organization_cannot_be_chosen(bobs_page: Client, charlie, blue):
    theirs = new_space(organization_of(charlie, slug="umbrella"), "Lab")
    assert bobs_page.post(NEW, typed(theirs)).status_code == 422
    assert not Booking.objects.exists()


def test_holds_are_not_shown_as_bookings(host_page: Client, bob, blue):
    held = hold(user=bob, spaces=(blue,), starts_at=tomorrow(), ends_at=tomorrow(10))
    assert host_page.get(f"/bookings/{held.pk}/").status_code == 404
