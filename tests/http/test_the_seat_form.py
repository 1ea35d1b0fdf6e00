"""A guest types a name and is given a seat; nothing else makes a seat."""

import pytest
from django.test import Client

from signaling.views import NAMES_PER_MINUTE
from tests.conftest import browser_of


def give(client, room, name, **more):
    return client.post(f"{room.join_path}seat/", {"name": name, **more})


def name_kept(client):
    [seat] = client.session["seats"].values()
    return seat["name"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Gina", "Gina"),
        ("  Gina \t of\r\nGenoa ", "Gina of Genoa"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("ジーナ 👩\u200d💻", "ジーナ 👩\u200d💻"),
        ("G" * 50, "G" * 50),
    ],
)
def test_the_name_is_kept_as_it_can_be_read(room, nobody, typed, kept):
    assert give(nobody, room, typed).status_code == 200
    assert name_kept(nobody) == kept


@pytest.mark.parametrize(
    "typed", ["Gi\0na", "\x1b[31mGina", "\u202eaniG\u202c", "Gi\u200bna", "\ufeffGina", "\u2066G", "\0"]
)
def test_a_name_that_hides_or_reorders_text_is_refused(room, nobody, typed):
    answer = give(nobody, room, typed)
    assert (answer.status_code, answer.json()["code"]) == (400, "name.invisible")
    assert "seats" not in nobody.session


@pytest.mark.parametrize("typed", ["", "   ", "\u200d\u200c", "\u00ad\u00ad", "\u200e", "\n\t", "\u2028"])
def test_a_name_that_nobody_sees_is_none(room, nobody, typed):
    answer = give(nobody, room, typed)
    assert (answer.status_code, answer.json()["code"]) == (400, "name.empty")
    assert "seats" not in nobody.session


def test_a_name_has_at_most_50_characters(room, nobody):
    answer = give(nobody, room, "G" * 51)
    assert (answer.status_code, answer.json()["code"]) == (400, "name.too-long")


def test_markup_in_a_name_is_text_on_the_page(room, nobody):
    give(nobody, room, "</script><script>alert(1)</script>")
    page = nobody.get(room.join_path).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_post_from_another_site_gives_no_seat(room):
    client = Client(enforce_csrf_checks=True)
    assert give(client, room, "Gina").status_code == 403
    client.get(room.join_path)
    token = client.cookies["csrftoken"].value
    assert give(client, room, "Gina", csrfmiddlewaretoken="x" * 64).status_code == 403
    assert "sessionid" not in client.cookies
    assert give(client, room, "Gina", csrfmiddlewaretoken=token).status_code == 200


def test_looking_gives_no_seat(room, nobody):
    assert nobody.get(f"{room.join_path}seat/", {"name": "Gina"}).status_code == 405
    nobody.get(room.join_path)
    nobody.get(f"{room.join_path}door/")
    assert "sessionid" not in nobody.cookies


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_page_and_door_are_only_read(room, nobody, method):
    for path in ("", "door/"):
        assert getattr(nobody, method)(room.join_path + path).status_code == 405


def test_an_account_needs_no_seat(room, bob):
    client = browser_of(bob)
    assert give(client, room, "Somebody Else").status_code == 200
    assert "seats" not in client.session


def test_the_seat_is_signed_and_not_for_scripts(room, nobody):
    give(nobody, room, "Gina")
    [seat] = nobody.session["seats"].values()
    assert seat["token"].count(":") == 2  # value, time and signature
    assert nobody.cookies["sessionid"]["httponly"]
    assert seat["token"] not in nobody.get(room.join_path).content.decode()


def test_names_are_not_typed_by_machines(room, nobody):
    answers = [give(nobody, room, "Gina").status_code for _ in range(NAMES_PER_MINUTE + 1)]
    assert answers == [200] * NAMES_PER_MINUTE + [429]
