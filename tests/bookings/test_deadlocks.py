"""Who deletes and who leaves, while others book and cancel: both get through, however their locks cross."""

from collections import Counter
from contextlib import suppress
from functools import partial, wraps
from threading import Barrier, BrokenBarrierError, get_ident
from uuid import UUID

import pytest
from django.db import OperationalError
from django.http import Http404
from django.utils.module_loading import import_string

from accounts.models import User
from accounts.services import delete_account
from bookings.models import Booking
from bookings.services.bookings import cancel
from organizations.models import Membership, Organization
from organizations.people.services import leave, remove
from organizations.takeout.erasure import erase
from rooms.models import Room
from rooms.services.rooms import close_room, delete_room
from tests.bookings.places import booked, organization_of
from tests.bookings.rushes import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def crossing(monkeypatch):
    """Each of two threads waits, when it has called one of these for the first time, until the other has too, unless
    that one cannot get there. How often who called is counted."""

    def cross(*names):
        together, calls = Barrier(2), Counter()
        for name in names:
            monkeypatch.setattr(name, waiting(import_string(name), together, calls))
        return calls

    def waiting(real, together, calls):
        @wraps(real)
        def call(*args, **kwargs):
            result = real(*args, **kwargs)
            calls[get_ident()] += 1
            if calls[get_ident()] == 1:
                with suppress(BrokenBarrierError):
                    together.wait(timeout=1)
            return result

        return call

    return cross


@pytest.fixture
def sent_back_once(monkeypatch):
    """The first who writes into the audit trail is, as by a deadlock."""

    def break_(name):
        real, fault, calls = import_string(name), type("Fault", (Exception,), {"sqlstate": "40P01"})(), []

        def write(**entry):
            calls.append(entry)
            if len(calls) == 1:
                raise OperationalError from fault
            return real(**entry)

        monkeypatch.setattr(name, write)

    return break_


def test_who_is_removed_while_booking(crossing, alice, bob, acme, blue):
    calls = crossing("organizations.people.services._locked", "bookings.services.bookings.locked_membership")
    bobs = acme.memberships.get(user=bob)
    outcomes = all_at_once([partial(remove, membership=bobs, actor=alice), partial(booked, bob, blue)])
    assert outcomes["done"] >= 1 and not acme.memberships.filter(user=bob).exists()
    assert not Booking.objects.filter(organizer=bob).exists()
    assert set(calls.values()) == {1}, "the organization's row is in the way of what is booked"


def test_an_organization_that_goes_while_it_is_booked(crossing, alice, bob, acme, blue):
    crossing("organizations.takeout.erasure.locked", "bookings.services.bookings.locked_membership")

    def book():
        with suppress(Http404):
            booked(bob, blue)

    assert all_at_once([partial(erase, organization=acme, actor=alice), book])["done"] >= 1
    assert not Organization.objects.exists() and not Booking.objects.exists()


@pytest.mark.parametrize("verb", [delete_room, close_room])
def test_a_room_that_goes_while_its_booking_is_cancelled(crossing, bob, blue, verb):
    review = booked(bob, blue, meeting="ROOM")
    crossing("rooms.services.rooms._locked", "bookings.services.bookings.locked")
    outcomes = all_at_once(
        [partial(verb, room=Room.objects.get(), actor=bob), partial(cancel, booking=review, actor=bob)]
    )
    assert outcomes == {"done": 2}
    assert Booking.objects.get().state == "CANCELLED" and not Room.objects.open().exists()


def test_two_who_share_organizations_and_go_at_once(crossing, alice, bob, charlie):
    organizations = [organization_of(charlie, slug=slug) for slug in ("acme", "globex")]
    turns = [(alice, organizations), (bob, organizations[::-1])]
    for number, (user, theirs) in enumerate(turns):
        for place, organization in enumerate(theirs, start=2 * number + 1):
            Membership.objects.create(pk=UUID(int=place), organization=organization, user=user)
    calls = crossing("organizations.receivers.locked")
    assert all_at_once([partial(delete_account, user=user) for user in (alice, bob)]) == {"done": 2}
    assert User.objects.get() == charlie
    assert set(calls.values()) == {2}, "each was done at the first try"


@pytest.mark.parametrize("verb", [delete_room, close_room])
def test_whom_the_database_sends_back_from_a_room_comes_again(sent_back_once, alice, room, verb):
    sent_back_once("rooms.services.rooms.record")
    verb(room=room, actor=alice)
    assert not Room.objects.open().exists()


@pytest.mark.parametrize("verb", [leave, partial(remove, actor=None)])
def test_whom_the_database_sends_back_from_leaving_comes_again(sent_back_once, bob, acme, verb):
    sent_back_once("organizations.people.services.record")
    verb(membership=acme.memberships.get(user=bob))
    assert not acme.memberships.filter(user=bob).exists()


def test_whom_the_database_sends_back_from_erasing_comes_again(sent_back_once, alice, acme):
    sent_back_once("organizations.takeout.erasure.record")
    erase(organization=acme, actor=alice)
    assert not Organization.objects.exists()


def test_whom_the_database_sends_back_from_deleting_an_account_comes_again(sent_back_once, bob):
    sent_back_once("accounts.services.record")
    delete_account(user=bob)
    assert not User.objects.filter(pk=bob.pk).exists()
