from django.test import Client

from rooms.models import Room
from tests.conftest import browser_of
from tests.rooms.people import come_in, guest, member, running


def test_the_link_is_changed_after_a_question(alice, room):
    browser = browser_of(alice)
    assert "Change the link?" in browser.get(f"/rooms/{room.code}/change-link/").text
    assert Room.objects.get().code == room.code
    answer = browser.post(f"/rooms/{room.code}/change-link/")
    new = Room.objects.get().code
    assert new != room.code and answer.url == f"/rooms/{new}/settings/"


def test_the_old_link_is_dead(alice, room):
    browser = browser_of(alice)
    browser.post(f"/rooms/{room.code}/change-link/")
    assert browser.get(f"/rooms/{room.code}/settings/").status_code == 404
    assert Client().get(f"/join/{room.code}/").status_code == 404
    assert Client().get(f"/join/{Room.objects.get().code}/").status_code == 200


def test_who_is_inside_stays(alice, room):
    come_in(room, guest(room))
    browser_of(alice).post(f"/rooms/{room.code}/change-link/")
    assert running(room).participants.admitted().count() == 1


def test_a_seat_from_the_old_link_counts_at_the_new_one(alice, room):
    gina = guest(room)
    before = come_in(room, gina)
    browser_of(alice).post(f"/rooms/{room.code}/change-link/")
    again = come_in(Room.objects.get(), gina, resume=str(before.connection.token))
    assert again.pk == before.pk


def test_only_the_host_changes_it(room, bob):
    come_in(room, member(bob))
    assert browser_of(bob).post(f"/rooms/{room.code}/change-link/").status_code == 404
    assert Client().post(f"/rooms/{room.code}/change-link/").url.startswith("/accounts/login/")
    assert Room.objects.get().code == room.code
