"""Booking over HTTP, as a program does it."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.test import Client

from bookings.models import Booking
from bookings.spaces.models import Space
from tests.bookings.places import booked, equip, held, join, new_space, organization_of, tomorrow
from tests.conftest import browser_of, person

pytestmark = pytest.mark.django_db


def fields(*spaces: Space, **more) -> dict[str, object]:
    times = {"starts": tomorrow().isoformat(), "ends": tomorrow(10).isoformat()}
    return {"spaces": [str(space.pk) for space in spaces], "title": "Review", **times, **more}


def post(browser: Client, sent: dict[str, object], *, slug: str = "acme", key: str = ""):
    headers = {"Accept": "application/json", **({"Idempotency-Key": key} if key else {})}
    return browser.post(
        f"/organizations/{slug}/bookings/", json.dumps(sent), content_type="application/json", headers=headers
    )


def test_it_says_what_is_booked(bobs_page, bob, blue, green):
    [projector] = equip(blue, "Projector")
    answer = post(bobs_page, fields(blue, green, needs=[str(projector.pk)], attendees=["gina@example.org"], people=4))
    made = Booking.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {
        "id": str(made.pk),
        "state": "CONFIRMED",
        "version": 1,
        "starts_at": made.starts_at.isoformat(),
        "ends_at": made.ends_at.isoformat(),
        "spaces": sorted([str(blue.pk), str(green.pk)]),
    }
    assert (made.organizer, made.people, made.needs.get()) == (bob, 4, projector)


def test_a_form_does_as_well(bobs_page, blue):
    answer = bobs_page.post("/organizations/acme/bookings/", fields(blue, people="3", is_private="true"))
    assert answer.status_code == 201
    made = Booking.objects.get()
    assert made.people == 3 and made.is_private


def test_a_time_without_offset_is_the_spaces(bobs_page, acme):
    there = new_space(acme, "Patan", time_zone="Asia/Kathmandu")
    day = f"{tomorrow():%Y-%m-%d}"
    answer = post(bobs_page, fields(there, starts=f"{day}T09:00", ends=f"{day}T10:00"))
    assert answer.json()["starts_at"] == f"{day}T03:15:00+00:00"


def test_a_conflict_says_with_what_and_what_else_there_is(bobs_page, alice, blue, green):
    first = booked(alice, blue)
    answer = post(bobs_page, fields(blue))
    assert answer.status_code == 409 and answer.json()["code"] == "booking.conflict"
    assert answer.json()["taken"] == [
        {
            "space": str(blue.pk),
            "starts_at": first.starts_at.isoformat(),
            "ends_at": first.ends_at.isoformat(),
            "title": "Review",
            "organizer": "Alice",
        }
    ]
    assert answer.json()["alternatives"][0]["spaces"] == [str(green.pk)]


def test_a_refusal_asks_the_database_little(bobs_page, alice, blue, green, django_assert_max_num_queries):
    """Who asks (3) and has how many (1), a space and its hours (2), what is booked (1), other spaces and theirs (2)."""
    for hour in range(9, 18):
        booked(alice, blue, starts=tomorrow(hour))
    with django_assert_max_num_queries(9):
        assert len(post(bobs_page, fields(blue)).json()["alternatives"]) == 6


def test_a_booking_asks_for_nothing_that_a_new_one_cannot_have(bobs_page, blue, django_assert_max_num_queries):
    with django_assert_max_num_queries(28):
        assert post(bobs_page, fields(blue)).status_code == 201


def test_the_same_key_gets_the_same_answer(bobs_page, blue):
    answers = [post(bobs_page, fields(blue), key="one") for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201] and answers[0].json() == answers[1].json()


def test_a_hold_becomes_the_booking(bobs_page, bob, blue):
    hold = held(bob, blue)
    assert post(bobs_page, fields(blue, hold=str(hold.pk))).json()["id"] == str(hold.pk)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"starts": "soon"}, "booking.invalid"),
        ({"starts": "2027-02-30T09:00"}, "booking.invalid"),
        ({"starts": "2020-01-01T09:00", "ends": "2020-01-01T10:00"}, "booking.past"),
        ({"spaces": []}, "booking.invalid"),
        ({"spaces": ["blue"]}, "booking.invalid"),
        ({"title": 7}, "booking.invalid"),
        ({"people": "many"}, "booking.invalid"),
        ({"organizer": "alice"}, "booking.invalid"),
        ({"needs": ["00000000-0000-0000-0000-000000000000"]}, "booking.amenities-missing"),
    ],
)
def test_what_is_not_as_it_should_be(bobs_page, blue, changes, code):
    answer = post(bobs_page, fields(blue) | changes)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert not Booking.objects.exists()


def test_no_such_time(bobs_page, blue):
    Space.objects.update(time_zone="Europe/Paris", horizon_days=730)
    answer = post(bobs_page, fields(blue, starts="2027-03-28T02:30", ends="2027-03-28T04:00"))
    assert (answer.status_code, answer.json()["code"]) == (422, "booking.no-such-time")


def test_not_json_at_all(bobs_page, blue):
    answer = bobs_page.post("/organizations/acme/bookings/", "{", content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (422, "booking.invalid")


def test_spaces_of_others_are_not_found(bobs_page, strangers_page, charlie, acme, blue):
    theirs = new_space(organization_of(charlie, slug="other"), "Theirs")
    for browser, slug, space in (
        (bobs_page, "acme", theirs),
        (bobs_page, "other", theirs),
        (strangers_page, "acme", blue),
        (bobs_page, "nowhere", blue),
    ):
        assert post(browser, fields(space), slug=slug).status_code == 404
    assert not Booking.objects.exists()


def test_viewers_are_told_no_and_who_is_not_signed_in_is_sent_to_do_so(charlie, strangers_page, acme, blue):
    join(acme, charlie, "VIEWER")
    answer = post(strangers_page, fields(blue))
    assert (answer.status_code, answer.json()["code"]) == (403, "booking.not-allowed")
    assert post(Client(), fields(blue)).status_code == 302


def test_only_with_the_pages_token(bob, blue):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(bob)
    assert post(browser, fields(blue)).status_code == 403


def test_so_often_and_no_more(bobs_page, bob, blue, monkeypatch):
    monkeypatch.setattr("bookings.endpoints.SAVED", 1)
    assert post(bobs_page, fields(blue)).status_code == 201
    answer = post(bobs_page, fields(blue))
    assert (answer.status_code, answer.json()["code"]) == (429, "rate.exceeded")


@pytest.mark.django_db(transaction=True)
def test_two_hundred_for_one_slot(acme, blue):
    browsers = []
    for number in range(20):
        user = person(f"Member {number}")
        join(acme, user)
        browsers.append(browser_of(user))

    def ask(number: int) -> int:
        try:
            return int(post(browsers[number % 20], fields(blue)).status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as crowd:
        statuses = list(crowd.map(ask, range(200)))
    assert sorted(statuses) == [201] + [409] * 199
    assert Booking.objects.count() == 1
