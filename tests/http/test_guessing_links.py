"""Codes are secrets: what does not exist and what is not yours look alike, and guessing is slow."""

import re

import pytest
from django.test import Client

from rooms.codes import new_code
from rooms.lookups import MISSES
from rooms.services.rooms import change_link, close_room, create_room, set_locked
from tests.conftest import browser_of, guest_browser

UNKNOWN = "/join/aaaa-aaaaa-aaaaa/"


def seen(client, path):
    """An answer without what is random in each: nonces and tokens; and without the link that was asked for."""
    answer = client.get(path)
    body = re.sub(rb"(nonce=|name=\"csrfmiddlewaretoken\" value=)\"[^\"]+\"", b"", answer.content)
    code = path.split("/")[2].encode()
    headers = {
        name: value
        for name, value in answer.headers.items()
        if name not in {"Content-Security-Policy", "Content-Length"}
    }
    return answer.status_code, headers, body.replace(code, b"CODE")


@pytest.mark.parametrize("path", ["", "door/"])
def test_strangers_cannot_tell_a_closed_room_from_none(room, alice, nobody, strangers_page, path):
    close_room(room=room, actor=alice)
    for client in (nobody, strangers_page, guest_browser(create_room(host=alice))):
        assert seen(client, room.join_path + path) == seen(client, UNKNOWN + path)
        assert seen(client, room.join_path + path)[0] == 404


@pytest.mark.parametrize("path", ["", "door/"])
def test_an_old_link_is_no_link(room, alice, nobody, path):
    old = room.join_path
    change_link(room=room, actor=alice)
    assert seen(nobody, old + path) == seen(nobody, UNKNOWN + path)


@pytest.mark.parametrize(
    "code", ["x", "aaaa-aaaaa-aaaa", "aaaa-aaaaa-aaaaaa", "%00", "..%2f..%2fadmin", "a" * 3000, "é", "' OR 1=1"]
)
def test_what_is_no_code_is_not_there(nobody, code):
    assert nobody.get(f"/join/{code}/").status_code == 404


def test_a_seat_in_a_room_that_is_not_there_is_not_given(nobody):
    assert nobody.post(f"{UNKNOWN}seat/", {"name": "Gina"}).status_code == 404
    assert "sessionid" not in nobody.cookies


@pytest.mark.parametrize("path", ["", "door/"])
def test_after_many_misses_an_address_finds_nothing(room, nobody, alice, path):
    for _ in range(MISSES):
        assert nobody.get(f"/join/{new_code()}/{path}").status_code == 404
    for client in (nobody, Client(), browser_of(alice)):  # the address counts, not the cookie
        for way in ("", "door/"):
            assert client.get(room.join_path + way).status_code == 429
        assert client.post(f"{room.join_path}seat/", {"name": "Gina"}).status_code == 429
    assert "That was a bit fast" in nobody.get(room.join_path).content.decode()
    assert nobody.get(f"{room.join_path}door/").json()["code"] == "rate.exceeded"
    assert nobody.get(room.join_path, REMOTE_ADDR="192.0.2.7").status_code == 200


def test_what_a_client_says_about_its_address_does_not_count(room, nobody):
    for number in range(MISSES):
        nobody.get(UNKNOWN, headers={"X-Forwarded-For": f"192.0.2.{number}", "X-Real-IP": f"192.0.2.{number}"})
    assert nobody.get(room.join_path, headers={"X-Forwarded-For": "192.0.2.200"}).status_code == 429


def test_finding_is_not_counted(room, nobody):
    assert {nobody.get(f"{room.join_path}door/").status_code for _ in range(MISSES * 3)} == {200}


def test_every_way_of_writing_a_code_counts(room, nobody):
    for written in (room.code.upper(), room.code.replace("-", "")):
        assert nobody.get(f"/join/{written}/").status_code == 200


def test_codes_of_pages_that_turn_away_are_not_logged(room, alice, nobody, caplog):
    codes = [room.code, new_code()]
    for code in codes:
        for way in ("", "door/"):
            nobody.get(f"/join/{code}/{way}")
    set_locked(room=room, actor=alice, locked=True)
    assert nobody.get(room.join_path).status_code == 403
    for _ in range(MISSES):
        nobody.get(UNKNOWN)
    assert nobody.get(room.join_path).status_code == 429
    assert [code for code in codes if code in caplog.text] == []
