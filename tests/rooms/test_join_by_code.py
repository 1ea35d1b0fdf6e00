import pytest
from django.test import Client

from tests.conftest import browser_of


@pytest.mark.parametrize("form", ["{}", " {} ", "http://testserver/join/{}/"])
def test_a_code_or_link_leads_to_the_door(room, form):
    answer = Client().get("/join/", {"code": form.format(room.code)})
    assert answer.status_code == 302 and answer.url == f"/join/{room.code}/"


def test_case_and_hyphens_do_not_matter(room):
    answer = Client().get("/join/", {"code": room.code.upper().replace("-", " ")})
    assert answer.url == f"/join/{room.code}/"


@pytest.mark.parametrize("typed", ["nonsense", "<script>alert(1)</script>", "x" * 3000, "\x00"])
def test_what_is_no_code_is_said_on_the_form(db, typed):
    page = Client().get("/join/", {"code": typed})
    assert page.status_code == 200 and "Meeting code or link" in page.text
    assert 'class="errorlist"' in page.text and "<script>alert" not in page.text


def test_nothing_typed_is_said_in_words(db):
    assert "Type a meeting code, or paste a link." in Client().get("/join/", {"code": "  "}).text


def test_the_form_alone_shows_no_error(db):
    page = Client().get("/join/")
    assert page.status_code == 200 and 'class="errorlist"' not in page.text


def test_it_never_leads_to_another_site(room):
    answer = Client().get("/join/", {"code": f"https://evil.example/join/{room.code}/"})
    assert answer.url == f"/join/{room.code}/"


def test_an_unknown_code_is_answered_at_the_door(db):
    answer = Client().get("/join/", {"code": "abcd-efghj-kmnop"}, follow=True)
    assert answer.status_code == 404


def test_the_form_is_on_the_home_of_a_signed_in_person(alice):
    page = browser_of(alice).get("/rooms/").text
    assert 'action="/join/"' in page and "Meeting code or link" in page


def test_other_methods_are_not_allowed(db):
    assert Client().post("/join/", {"code": "abcd-efghj-kmnop"}).status_code == 405
