"""The relay's worker lives as long as the server, and no longer."""

import os
import signal

import pytest

from tests.server import is_relay
from tests.services import eventually

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_worker_that_dies_is_followed_by_another(start_server):
    server = start_server()
    eventually(lambda: server.relay_workers(), "no worker was started")
    [first] = server.relay_workers()
    os.kill(first, signal.SIGKILL)
    eventually(lambda: set(server.relay_workers()) - {first}, "nobody follows")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_worker_goes_with_its_server(start_server, how):
    server = start_server()
    eventually(lambda: server.relay_workers(), "no worker was started")
    [worker] = server.relay_workers()
    os.kill(server.pid, how)
    eventually(lambda: not is_relay(worker), "the worker outlives its server")


def test_of_two_servers_on_one_directory_one_has_the_worker_and_the_other_takes_over(start_server):
    first = start_server()
    eventually(lambda: first.relay_workers(), "no worker was started")
    second = start_server()
    assert second.relay_workers() == []
    first.kill()
    eventually(lambda: second.relay_workers(), "nobody takes over")


def test_without_workers_there_are_none(start_server):
    assert start_server(RELAY_WORKERS="0").relay_workers() == []
