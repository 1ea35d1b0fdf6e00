"""A worker as it is started: its command line, its control socket, its end."""

import contextlib
import json
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.relay.process import Process, Refused, Web


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    started = Process(tmp_path_factory.mktemp("worker"))
    yield started
    started.stop()


@pytest.fixture
def web(worker: Process) -> Iterator[Web]:
    connected = worker.connect()
    yield connected
    connected.ask("close", meeting="m")
    connected.close()


def test_it_answers_and_counts(web: Web):
    assert web.ask("ping")["type"] == "done"
    web.ask("join", meeting="m", participant="alice", sources=["camera"], receive=True)
    figures = web.ask("stats")["figures"]
    assert (figures["meetings"], figures["participants"], figures["packets_in"]) == (1, 1, 0)
    web.ask("close", meeting="m")
    assert web.ask("stats")["figures"]["participants"] == 0


def test_only_its_user_may_command_it(worker: Process, web: Web):
    assert stat.S_IMODE(worker.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(worker.path.parent.stat().st_mode) == 0o700


def test_it_starts_where_another_died_and_takes_its_socket_along_when_told_to_end(tmp_path: Path):
    first = Process(tmp_path)
    first.connect().close()
    first.process.kill()
    first.process.wait()
    assert first.path.exists()
    second = Process(tmp_path)
    web = second.connect()
    assert web.ask("ping")
    assert second.stop() == 0
    web.close()
    assert not second.path.exists()
    assert "Closed." in second.log.read_text()


@pytest.mark.parametrize(
    "line",
    [
        b"nonsense",
        b"[]",
        b'{"type":"explode","id":7}',
        b'{"type":"join","id":7}',
        b'{"type":"join","id":7,"meeting":"m","participant":"a","sources":["mouth"],"receive":true}',
        b'{"type":"want","id":7,"meeting":"m","participant":"a","heights":{"b/camera":-1}}',
        b'{"type":"ping","id":7,"more":1}',
        b'{"type":"close","id":7,"meeting":"' + b"x" * 65 + b'"}',
        b"\xff\xfe",
        b"[" * 5000,
    ],
)
def test_commands_that_make_no_sense_are_refused(web: Web, line: bytes):
    web._sock.sendall(line + b"\n")
    answer = web._read()
    assert (answer["type"], answer["code"]) == ("refused", "command.malformed")
    assert answer["id"] == (7 if b'"id":7' in line else None)
    assert web.ask("ping")


def test_refusals_have_codes(web: Web):
    for command in ("restart", "leave"):
        fields = {"meeting": "m", "participant": "nobody"}
        if command == "leave":
            web.ask(command, **fields)
            continue
        with pytest.raises(Refused, match=r"seat\.unknown"):
            web.ask(command, **fields)


def test_a_line_without_end_is_cut_off(worker: Process, web: Web):
    other = worker.connect()
    other._sock.sendall(b'{"type":"ping","id":1,"x":"' + bytes(300 * 1024))
    assert other._read()["code"] == "command.too_long"
    assert other._file.readline() == b""
    other.close()
    assert web.ask("ping")


def test_one_megabyte_of_description_is_refused(web: Web):
    web.ask("join", meeting="m", participant="alice", sources=[], receive=True)
    fields = {"meeting": "m", "participant": "alice", "mids": {}}
    with pytest.raises(Refused, match=r"command\.malformed"):
        web.ask("publish", sdp="v" * 70 * 1024, **fields)


def test_and_not_even_read(worker: Process):
    web = worker.connect()
    line = json.dumps({"type": "publish", "id": 1, "meeting": "m", "participant": "a", "sdp": "v" * 2**20, "mids": {}})
    with contextlib.suppress(OSError):  # it may hang up before the end
        web._sock.sendall(line.encode() + b"\n")
    assert web._read()["code"] == "command.too_long"
    web.close()


def test_commands_without_a_number_are_not_answered(web: Web):
    web._sock.sendall(b'{"type":"join","meeting":"m","participant":"alice","sources":[],"receive":true}\n')
    web._sock.sendall(b'{"type":"leave","meeting":"m","participant":"alice"}\n')
    assert web.ask("stats")["figures"]["participants"] == 0
    assert web.events == []


def test_a_web_process_that_comes_back_takes_its_people_over(worker: Process):
    web = worker.connect()
    web.ask("join", meeting="m", participant="alice", sources=[], receive=True)
    again = worker.connect()
    web._sock.shutdown(socket.SHUT_RDWR)
    again.ask("join", meeting="m", participant="alice", sources=[], receive=True)
    assert again.ask("stats")["figures"]["participants"] == 1
    again.ask("close", meeting="m")
    again.close()
    web.close()
