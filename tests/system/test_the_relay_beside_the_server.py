"""The relay's worker lives as long as the server, and no longer."""

import os
import signal
from pathlib import Path

import pytest

from tests.services import eventually

pytestmark = pytest.mark.django_db(transaction=True)


def workers_of(server):
    """Children of any thread of the server's process (proc(5))."""
    listed = [path.read_text().split() for path in Path(f"/proc/{server.pid}/task").glob("*/children")]
    return [int(pid) for pids in listed for pid in pids if "relay" in command_of(pid)]


def command_of(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except FileNotFoundError:
        return ""


def runs(pid):
    return "relay" in command_of(pid)


def test_a_worker_that_dies_is_followed_by_another(start_server):
    server = start_server()
    eventually(lambda: workers_of(server), "no worker was started")
    [first] = workers_of(server)
    os.kill(first, signal.SIGKILL)
    eventually(lambda: set(workers_of(server)) - {first}, "nobody follows")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_worker_goes_with_its_server(start_server, how):
    server = start_server()
    eventually(lambda: workers_of(server), "no worker was started")
    [worker] = workers_of(server)
    os.kill(server.pid, how)
    eventually(lambda: not runs(worker), "the worker outlives its server")


def test_of_two_servers_on_one_directory_one_has_the_worker_and_the_other_takes_over(start_server):
    first = start_server()
    eventually(lambda: workers_of(first), "no worker was started")
    second = start_server()
    assert workers_of(second) == []
    first.kill()
    eventually(lambda: workers_of(second), "nobody takes over")


def test_without_workers_there_are_none(start_server):
    assert workers_of(start_server(RELAY_WORKERS="0")) == []
