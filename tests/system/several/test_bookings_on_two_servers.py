import os
from pathlib import Path

import pytest

from bookings.management.commands.prove_bookings import own_server
from tests.server import environment_of_tests
from tests.system.test_bookings_from_many_people import proof

pytestmark = pytest.mark.django_db(transaction=True)


def test_nothing_overlaps_wherever_people_ask(two_servers):
    assert "No two bookings overlap." in proof(*(server.url for server in two_servers))


def children_of(pid: int) -> set[int]:
    return {int(one) for task in Path(f"/proc/{pid}/task").glob("*/children") for one in task.read_text().split()}


def test_a_server_of_its_own_has_as_many_processes_as_are_set(monkeypatch):
    for name, value in {**environment_of_tests(), "WEB_PROCESSES": "2"}.items():
        monkeypatch.setenv(name, value)
    before = children_of(os.getpid())
    with own_server():
        (server,) = children_of(os.getpid()) - before
        assert len(children_of(server)) >= 2
