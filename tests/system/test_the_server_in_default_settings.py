import signal
import socket
import stat
import urllib.request

import pytest

from tests.client import meeting
from tests.server import STOPS_WITHIN
from tests.services import eventually

pytestmark = pytest.mark.django_db(transaction=True)


def ended(server) -> str:
    eventually(lambda: server.exited() is not None, "it runs on", STOPS_WITHIN)
    return server.written()


@pytest.mark.parametrize(("path", "told"), [("live", b"ok"), ("ready", b'{"ready": true, "failed": []}')])
def test_it_says_that_it_lives_and_is_ready(server, path, told):
    with urllib.request.urlopen(f"{server.url}/health/{path}", timeout=10) as answer:
        assert answer.read() == told


def test_a_first_start_prints_address_and_link_and_keeps_its_secret_to_itself(start_server, tmp_path):
    data = tmp_path / "data"
    server = start_server(MEET_DATA_DIR=str(data), DATABASE_URL=f"sqlite:///{data / 'meet.sqlite3'}")
    assert f"Meet is at {server.url}\n" in server.written()
    link = next(line.strip() for line in server.written().splitlines() if "/accounts/setup/" in line)
    with urllib.request.urlopen(link, timeout=10) as page:
        assert page.status == 200
    assert stat.S_IMODE((data / "secret-key").stat().st_mode) == 0o600
    assert stat.S_IMODE(data.stat().st_mode) == 0o700


def test_a_second_start_collects_nothing_again(start_server, tmp_path):
    data = {"MEET_DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": f"sqlite:///{tmp_path / 'data' / 'meet.sqlite3'}"}
    start_server(**data).stop()
    manifest = tmp_path / "data" / "static" / "staticfiles.json"
    before = manifest.stat().st_mtime_ns
    start_server(**data)
    assert manifest.stat().st_mtime_ns == before


def test_an_administrator_makes_the_link_disappear(start_server, oscar):
    assert "/accounts/setup/" not in start_server().written()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_when_asked_without_a_complaint(start_server, how):
    server = start_server()
    assert server.stop(how) == 0
    assert "Traceback" not in server.written()


def test_a_taken_port_is_said_in_a_sentence(start_server, server):
    loser = start_server(wait=False, PORT=str(server.port))
    assert f"Port {server.port} is taken." in ended(loser)
    assert loser.exited() == 1
    assert "Traceback" not in loser.written()


@pytest.mark.parametrize("key", ["changeme", "a" * 60])
def test_a_weak_secret_stops_it(start_server, key):
    loser = start_server(wait=False, SECRET_KEY=key)
    assert "SECRET_KEY is weak" in ended(loser)
    assert loser.exited() != 0


def test_another_host_without_https_is_warned_about(start_server):
    server = start_server(HOST="0.0.0.0")  # noqa: S104
    assert "browsers give no camera" in server.written()
    assert "MEET_TLS=self-signed" in server.written()


def test_static_files_are_small_and_kept_for_ever(server):
    request = urllib.request.Request(f"{server.url}/", headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=10) as page:
        style = next(part for part in page.read().decode().split('"') if part.endswith(".css"))
    request = urllib.request.Request(f"{server.url}{style}", headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Content-Encoding"] == "gzip"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Server"] is None
    assert "StreamingHttpResponse" not in server.written()


async def test_what_is_logged_names_no_room(server, room, path, host):
    with socket.create_connection(("127.0.0.1", server.port)) as wire:
        wire.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        wire.recv(100)
    async with meeting(host(server)):
        assert room.code not in server.written()
