import os

import pytest

from bookings.management.commands.prove_bookings import own_server
from tests.server import children_of, environment_of_tests
from tests.system.test_bookings_from_many_people import proof

pytestmark = pytest.mark.django_db(transaction=True)


def test_nothing_overlaps_wherever_people_ask(two_servers):
    assert "No two bookings overlap." in proof(*(server.url for server in two_servers))


def test_a_server_of_its_own_has_as_many_processes_as_are_set(monkeypatch):
    for name, value in {**environment_of_tests(), "WEB_PROCESSES": "2"}.items():
        monkeypatch.setenv(name, value)
    before = set(children_of(os.getpid()))
    with own_server():
        (server,) = set(children_of(os.getpid())) - before
        assert len(children_of(server)) >= 2
