import pytest
from django.test import Client

from rooms.models import Room
from tests.conftest import browser_of
from tests.rooms.posts import form_of


def test_a_room_is_created_with_its_name_and_settings(alice):
    data = form_of(name="Book club", waiting_room="GUESTS", allow_chat=False, max_participants=12, engine="RELAY")
    answer = browser_of(alice).post("/rooms/new/", data)
    assert answer.status_code == 302 and answer.url == "/rooms/"
    room = Room.objects.get()
    assert (room.name, room.host) == ("Book club", alice)
    chosen = room.settings
    assert (chosen.waiting_room, chosen.allow_chat, chosen.max_participants, chosen.engine) == (
        "GUESTS",
        False,
        12,
        "RELAY",
    )


def test_the_new_room_is_announced_on_the_next_page(alice):
    page = browser_of(alice).post("/rooms/new/", form_of(name="Book club"), follow=True)
    assert "Your room is ready" in page.text and "Book club" in page.text


@pytest.mark.parametrize("name", ["", "   "])
def test_without_a_name_it_is_called_meeting_room(alice, name):
    browser_of(alice).post("/rooms/new/", form_of(name=name))
    assert Room.objects.get().name == "Meeting room"


def test_the_form_starts_with_the_default_name_and_settings(alice):
    page = browser_of(alice).get("/rooms/new/")
    assert 'value="Meeting room"' in page.text
    assert page.context["form"]["max_participants"].value() == 50


@pytest.mark.parametrize(("length", "created"), [(1, True), (100, True), (101, False)])
def test_a_name_has_up_to_100_characters(alice, length, created):
    page = browser_of(alice).post("/rooms/new/", form_of(name="n" * length))
    assert Room.objects.exists() is created
    assert ("Use 100 characters or fewer." in page.text) is not created


def test_a_name_is_one_line_without_control_characters(alice):
    browser = browser_of(alice)
    browser.post("/rooms/new/", form_of(name="  Book \n  club "))
    assert Room.objects.get().name == "Book club"
    assert browser.post("/rooms/new/", form_of(name="Book\x07club")).status_code == 200
    assert Room.objects.count() == 1


def test_markup_in_a_name_is_text(alice):
    page = browser_of(alice).post("/rooms/new/", form_of(name="<b>bold</b>"), follow=True)
    assert "&lt;b&gt;bold&lt;/b&gt;" in page.text and "<b>bold</b>" not in page.text


def test_too_many_rooms_in_a_minute_are_refused_in_plain_words(alice):
    browser = browser_of(alice)
    answers = [browser.post("/rooms/meet/") for _ in range(61)]
    assert [answer.status_code for answer in answers[59:]] == [302, 429]
    assert "too many attempts" in answers[60].text
    assert Room.objects.count() == 60


@pytest.mark.parametrize("url", ["/rooms/", "/rooms/new/"])
def test_who_is_not_signed_in_is_asked_to(db, url):
    assert Client().get(url).url == f"/accounts/login/?next={url}"


def test_other_methods_are_not_allowed(alice):
    browser = browser_of(alice)
    assert browser.put("/rooms/new/").status_code == 405
    assert browser.post("/rooms/").status_code == 405
