import os
from collections.abc import Callable
from functools import partial

import pytest
from django.test import Client as Browser

from realtime.database import in_database
from rooms.models import Room
from tests.client import Client
from tests.conftest import browser_of, guest_browser
from tests.server import Server

# These need one Redis for two servers; the runner gives them PostgreSQL too.
collect_ignore = [] if os.environ.get("MEET_TEST_REDIS_URL") else ["several"]

Seat = Callable[[Server, str], Client]


@pytest.fixture
def path(room: Room) -> str:
    return f"/ws/rooms/{room.code}/"


@pytest.fixture
def host(room: Room, alice, path) -> Callable[[Server], Client]:
    browser = browser_of(alice)
    return lambda server: Client(server.url, path, browser)


@pytest.fixture
def guests(room: Room) -> dict[str, object]:
    """Browsers of guests who have typed their name."""
    return {name: guest_browser(room, name) for name in ("Gina", "Gus", "Greta")}


@pytest.fixture
def guest(guests, path) -> Seat:
    return lambda server, name: Client(server.url, path, guests[name])


@pytest.fixture
def crowd(room: Room) -> Callable[[int], object]:
    def gather(number: int) -> list[Browser]:
        return [guest_browser(room, f"Guest {index}") for index in range(number)]

    return partial(in_database, gather)
