"""A guest's seat is a signed token in the session, good for one room and 24 hours."""

import time
from types import SimpleNamespace

import pytest
from django.contrib.sessions.backends.signed_cookies import SessionStore

from rooms.services.rooms import create_room
from rooms.visitors import SEATS, Visitor, give_seat

HOUR = 3600
pytestmark = pytest.mark.django_db


def seat_of(session, room):
    return Visitor(None, "", session[SEATS]).seat_in(room)


@pytest.fixture
def session(room) -> SessionStore:
    session = SessionStore()
    give_seat(session, room, "Gina")
    return session


@pytest.fixture
def later(monkeypatch):
    start = time.time()

    def pass_by(hours: float) -> None:
        monkeypatch.setattr("django.core.signing.time", SimpleNamespace(time=lambda: start + hours * HOUR))

    return pass_by


def test_a_seat_belongs_to_one_room(session, room, alice):
    other = create_room(host=alice)
    assert seat_of(session, room).name == "Gina" and seat_of(session, other) is None
    session[SEATS] = {str(other.pk): session[SEATS][str(room.pk)]}
    assert seat_of(session, other) is None


def test_a_new_name_keeps_the_seat(session, room):
    before = seat_of(session, room)
    give_seat(session, room, "Regina")
    after = seat_of(session, room)
    assert after.hash == before.hash and after.name == "Regina"


def test_it_is_good_for_a_day(session, room, later):
    later(23.9)
    assert seat_of(session, room) is not None
    later(24.1)
    assert seat_of(session, room) is None


def test_after_that_a_name_gets_a_new_seat(session, room, later):
    before = seat_of(session, room)
    later(24.1)
    give_seat(session, room, "Gina")
    after = seat_of(session, room)
    assert after is not None and after.hash != before.hash


def test_typing_the_name_again_prolongs_it(session, room, later):
    before = seat_of(session, room)
    later(20)
    give_seat(session, room, "Gina")
    later(40)
    assert seat_of(session, room).hash == before.hash


def test_it_does_not_count_for_somebody_signed_in(session, room, bob):
    assert Visitor(bob, "", session[SEATS]).seat_in(room) is None
