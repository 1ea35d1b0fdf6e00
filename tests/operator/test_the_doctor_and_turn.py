"""The doctor asks TURN servers for a real allocation, with credentials as a seat gets them."""

import pytest

from meet.doctor import turn
from meet.doctor.findings import State
from tests.operator.turn_server import RELAYED, turn_server

SECRET = "a secret of sixteen"


@pytest.fixture
def configured(settings):
    settings.TURN_SECRET = SECRET
    return settings


def test_without_a_server_it_says_what_that_means(settings):
    settings.TURN_URLS = []
    [found] = turn.check()
    assert found.state == State.WARNING
    assert "firewalls" in found.said


async def test_a_server_that_relays(configured):
    async with turn_server(SECRET) as (url, server):
        configured.TURN_URLS = [url]
        found = await turn.relays(url)
        assert (found.state, server.allocated) == (State.OK, 0), "allocated, and given back"
    assert RELAYED[0] in found.said


async def test_a_server_with_another_secret_is_wrong(configured):
    async with turn_server("another secret, also long") as (url, _server):
        configured.TURN_URLS = [url]
        found = await turn.relays(url)
    assert found.state == State.WRONG
    assert "TURN_SECRET" in found.mend


async def test_a_server_that_is_away_is_wrong(configured, monkeypatch):
    monkeypatch.setattr(turn, "PATIENCE", 0.3)
    async with turn_server(SECRET) as (url, _server):
        pass
    configured.TURN_URLS = [url]
    assert (await turn.relays(url)).state == State.WRONG


@pytest.mark.parametrize("url", ["nonsense", "turn:127.0.0.1:1?transport=tcp"])
async def test_an_address_that_cannot_be_used_is_wrong(configured, url):
    configured.TURN_URLS = [url]
    assert (await turn.relays(url)).state == State.WRONG
