"""Credentials for TURN are made when somebody is admitted, for their seat, and for a few hours."""

import base64
import hashlib
import hmac
import time

import pytest

from signaling.ice import TURN_LIFETIME
from tests.conftest import browser_of, guest_browser
from tests.sockets.people import call_of, in_call
from tests.wire import wire

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "coturn's static-auth-secret"


@pytest.fixture
def turn(settings):
    settings.TURN_URLS = ["turn:turn.example.org:3478", "turns:turn.example.org:5349"]
    settings.TURN_SECRET = SECRET


@pytest.fixture
def host_page(alice):
    return browser_of(alice)


@pytest.fixture
def guest_page(room):
    return guest_browser(room)


async def servers(call, **wish):
    return (await call.join(**wish))["ice_servers"]


async def test_no_server_of_anybody_elses_by_default(room, guest_page):
    async with wire(call_of(room), guest_page) as gina:
        assert await servers(gina) == []


async def test_a_seat_is_given_credentials_that_coturn_accepts(room, guest_page, turn, settings):
    async with wire(call_of(room), guest_page) as gina:
        [server] = await servers(gina)
        assert server["urls"] == settings.TURN_URLS
        expiry, seat = server["username"].split(":")
        assert seat == gina.you
        assert 0 <= time.time() + TURN_LIFETIME.total_seconds() - int(expiry) < 10
        expected = hmac.new(SECRET.encode(), server["username"].encode(), hashlib.sha1).digest()
        assert base64.b64decode(server["credential"]) == expected
        assert SECRET not in "".join(gina.transcript)


async def test_two_seats_have_credentials_of_their_own(room, host_page, guest_page, turn):
    async with wire(call_of(room), host_page) as alice, wire(call_of(room), guest_page) as gina:
        [first], [second] = await servers(alice), await servers(gina)
        assert first["username"] != second["username"]
        assert first["credential"] != second["credential"]


async def test_nobody_who_is_turned_away_or_only_asks_again_is_given_any(room, host_page, guest_page, turn):
    async with in_call(room, host_page) as alice:
        await alice.verdict("room.lock")
        async with wire(call_of(room), guest_page) as gina:
            assert (await gina.join())["code"] == "room.locked"
            assert "turn" not in "".join(gina.transcript)
        assert "ice_servers" not in await alice.ask("meeting.resync")
        assert "turn:" not in "".join(alice.transcript[3:])


async def test_stun_is_given_without_credentials(room, guest_page, settings):
    settings.STUN_URLS = ["stun:stun.example.org"]
    async with wire(call_of(room), guest_page) as gina:
        assert await servers(gina) == [{"urls": ["stun:stun.example.org"]}]
