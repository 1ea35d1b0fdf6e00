"""Invite codes are secrets: who can guess one is in."""

import math
import re

import pytest

from rooms.codes import ALPHABET, LENGTH, masked, new_code, normalise
from rooms.models import Room
from rooms.services.rooms import create_room

CODE = "abcd-efghj-kmnop"


def test_a_code_is_14_letters_in_groups():
    assert re.fullmatch(r"[a-hjkm-z]{4}-[a-hjkm-z]{5}-[a-hjkm-z]{5}", new_code())


def test_a_code_has_64_bits():
    assert math.log2(len(ALPHABET) ** LENGTH) >= 64 and len(set(ALPHABET)) == len(ALPHABET)


def test_codes_come_from_the_secure_source(monkeypatch):
    monkeypatch.setattr("rooms.codes.secrets.choice", lambda letters: letters[0])
    assert new_code() == "aaaa-aaaaa-aaaaa"


def test_a_thousand_codes_are_a_thousand_codes():
    assert len({new_code() for _ in range(1000)}) == 1000


def test_every_letter_occurs_at_every_place():
    codes = [new_code().replace("-", "") for _ in range(1000)]
    assert all({code[place] for code in codes} == set(ALPHABET) for place in range(LENGTH))


def test_each_room_gets_its_own(alice):
    codes = {create_room(host=alice).code for _ in range(10)}
    assert len(codes) == 10 and all(Room.objects.filter(code=code).count() == 1 for code in codes)


@pytest.mark.parametrize(
    "typed",
    [
        CODE,
        "  abcd-efghj-kmnop \n",
        "ABCD-EFGHJ-KMNOP",
        "abcdefghjkmnop",
        "abcd efghj kmnop",
        "ab cdef-gh jkmn op",
        "abcd–efghj—kmnop",
        "abcd‐efghj‑kmnop",
        "abcd−efghj﹣kmnop",
        "abcd_efghj.kmnop",
        "abcd\u200b-efghj\u00ad-kmnop\ufeff",
        "ａｂｃｄ－ｅｆｇｈｊ－ｋｍｎｏｐ",
        "“abcd-efghj-kmnop”.",
        "https://meet.example.org/join/abcd-efghj-kmnop/",
        "https://meet.example.org/join/abcd-efghj-kmnop",
        "HTTPS://MEET.EXAMPLE.ORG/JOIN/ABCD-EFGHJ-KMNOP",
        "http://localhost:8000/join/abcd-efghj-kmnop/?from=mail#now",
        "meet.example.org/join/abcd-efghj-kmnop",
        "/join/abcd-efghj-kmnop/",
        "Come: https://meet.example.org/join/abcd-efghj-kmnop/",
        "<https://meet.example.org/join/abcd-efghj-kmnop>",
    ],
)
def test_what_people_type_and_paste_is_understood(typed):
    assert normalise(typed) == CODE


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "-",
        "hello",
        "abcd-efghj-kmno",
        "abcd-efghj-kmnopq",
        "abcd-efghi-kmnop",
        "1234-56789-01234",
        "https://meet.example.org/",
        "https://meet.example.org/join/",
        "абвг-дежзи-клмно",
        "x" * 5000,
        "\x00",
    ],
)
def test_anything_else_is_no_code(typed):
    assert normalise(typed) == ""


def test_a_masked_code_shows_its_first_group_only():
    assert masked(CODE) == "abcd-•••••-•••••"
