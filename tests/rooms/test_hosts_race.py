"""Two who decide at once about the same thing: one is first, the other is told."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from realtime.refusals import Refused
from rooms.models import Participant, ParticipantState, Role
from signaling.services import moderation, roles
from tests.conftest import person
from tests.rooms.people import come_in, guest, member, running, set_settings

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*deeds) -> Counter[str]:
    together = Barrier(len(deeds))

    def rush(deed) -> str:
        together.wait(timeout=10)
        try:
            deed()
        except Refused as refused:
            return refused.code
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(deeds)) as crowd:
        return Counter(crowd.map(rush, deeds))


def test_the_role_is_handed_to_one_however_many_are_named_at_once(room, alice):
    host = come_in(room, member(alice))
    heirs = [come_in(room, member(person(f"Heir{number}"))) for number in range(8)]
    deeds = [lambda heir=heir: roles.hand_over(participant_id=host.pk, target=heir.pk) for heir in heirs]
    assert at_once(*deeds) == {"done": 1, "role.insufficient": 7}
    assert Participant.objects.filter(role=Role.HOST).count() == 1


def test_handing_over_against_taking_back_leaves_one_host(room, alice, bob, charlie):
    owner, second, third = (come_in(room, member(one)) for one in (alice, bob, charlie))
    roles.hand_over(participant_id=owner.pk, target=second.pk)
    outcomes = at_once(
        lambda: roles.hand_over(participant_id=second.pk, target=third.pk),
        lambda: roles.take(participant_id=owner.pk),
    )
    assert outcomes["done"] >= 1
    assert Participant.objects.get(role=Role.HOST).pk in {owner.pk, third.pk}


def test_who_is_removed_while_coming_back_is_out(room, alice):
    host = come_in(room, member(alice))
    visitor = guest(room)
    gina = come_in(room, visitor)
    outcomes = at_once(
        lambda: moderation.remove(participant_id=host.pk, target=gina.pk, may_return=False),
        *[lambda: come_in(room, visitor, move=True)] * 5,
    )
    assert outcomes["done"] >= 1
    assert Participant.objects.get(pk=gina.pk).state == ParticipantState.REMOVED
    assert at_once(lambda: come_in(room, visitor, move=True)) == {"participant.removed": 1}


def test_the_last_seat_is_one_persons(room, alice, bob, charlie):
    set_settings(room, max_participants=2)
    come_in(room, member(alice))
    deeds = [lambda one=one: come_in(room, member(one)) for one in (bob, charlie)]
    assert at_once(*deeds) == {"done": 1, "room.full": 1}
    assert running(room).participants.admitted().count() == 2


def test_the_spotlight_is_one_persons(room, alice):
    host = come_in(room, member(alice))
    people = [come_in(room, guest(room, f"Guest {number}")) for number in range(8)]
    deeds = [lambda one=one: moderation.set_spotlight(participant_id=host.pk, target=one.pk) for one in people]
    assert at_once(*deeds) == {"done": 8}
    assert Participant.objects.filter(in_spotlight=True).count() == 1
