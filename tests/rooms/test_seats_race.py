"""Seats are given out under the room's lock, so however many come at once, no more than fit are in."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from realtime.refusals import Refused
from rooms.models import Meeting
from rooms.visitors import Visitor
from tests.rooms.people import come_in, guest, member, running, set_settings

pytestmark = pytest.mark.django_db(transaction=True)
CROWD, SEATS = 50, 10


def all_at_once(room, visitors: list[Visitor]) -> Counter[str]:
    together = Barrier(len(visitors))

    def rush(visitor: Visitor) -> str:
        together.wait(timeout=10)
        try:
            come_in(room, visitor)
        except Refused as refused:
            return refused.code
        finally:
            connections.close_all()
        return "in"

    with ThreadPoolExecutor(len(visitors)) as crowd:
        return Counter(crowd.map(rush, visitors))


def test_fifty_people_for_ten_seats_are_ten_inside(room):
    set_settings(room, max_participants=SEATS)
    outcomes = all_at_once(room, [guest(room, f"Guest {number}") for number in range(CROWD)])
    assert outcomes == {"in": SEATS, "room.full": CROWD - SEATS}
    assert running(room).participants.admitted().count() == SEATS
    assert Meeting.objects.count() == 1


def test_one_person_in_ten_tabs_has_one_seat(room, bob):
    outcomes = all_at_once(room, [member(bob)] * 10)
    assert outcomes == {"in": 1, "seat.elsewhere": 9}
    assert running(room).participants.count() == 1


def test_events_are_counted_without_gaps_or_twins(room):
    set_settings(room, engine="MESH")  # with the relay, going over to it is an event too
    all_at_once(room, [guest(room, f"Guest {number}") for number in range(20)])
    meeting = running(room)
    came = sorted(meeting.participants.values_list("connection__seq", flat=True))
    assert came == list(range(1, 21)) and meeting.seq == 20
