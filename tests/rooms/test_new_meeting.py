from django.test import Client

from rooms.models import Room
from tests.conftest import browser_of


def test_one_press_makes_a_room_and_leads_to_its_door(alice):
    answer = browser_of(alice).post("/rooms/meet/")
    room = Room.objects.get()
    assert answer.status_code == 302 and answer.url == f"/join/{room.code}/"
    assert (room.host, room.name, room.is_active) == (alice, "Meeting room", True)


def test_the_button_is_on_the_home_of_a_signed_in_person(alice):
    page = browser_of(alice).get("/rooms/")
    assert 'action="/rooms/meet/"' in page.text and "New meeting" in page.text


def test_looking_makes_no_room(alice):
    assert browser_of(alice).get("/rooms/meet/").status_code == 405
    assert not Room.objects.exists()


def test_who_is_not_signed_in_makes_no_room(db):
    assert Client().post("/rooms/meet/").url.startswith("/accounts/login/")
    assert not Room.objects.exists()


def test_a_foreign_page_cannot_press_it(alice):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)
    assert browser.post("/rooms/meet/").status_code == 403
    assert not Room.objects.exists()
