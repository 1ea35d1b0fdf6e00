"""What hangs at the door of a space, and how people use it."""

import re
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from bookings.spaces.models import Space


def zone_at_noon() -> str:
    """Where it is noon now, so that nothing in these tests is on another day."""
    ahead = 12 - timezone.now().hour
    return f"Etc/GMT{-ahead:+d}"


def look(space: Space, client: Client | None = None) -> Any:
    return (client or Client()).get(f"/door/{space.door_key}/")


def words(page: HttpResponse) -> str:
    """How the board reads."""
    board = page.text.split('<div id="door"')[1].split('<form id="deeds"')[0]
    return re.sub(r"\s+", " ", re.sub(r"<svg.*?</svg>|<[^>]+>", " ", board, flags=re.DOTALL))


def buttons(page: HttpResponse) -> list[str]:
    return re.findall(r"<button[^>]*>([^<]+)</button>", page.text)


def press(space: Space, verb: str, client: Client | None = None, **fields: Any) -> Any:
    return (client or Client()).post(f"/door/{space.door_key}/{verb}/", fields)


def refusal(answer: Any) -> str:
    assert answer.status_code == 409, answer.status_code
    return str(answer.context["refused"].code)
