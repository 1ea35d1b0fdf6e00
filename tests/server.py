"""The real server, `manage.py serve`, as a subprocess on the test database. Its log is shown where a test fails."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.services import eventually

ROOT = Path(__file__).resolve().parent.parent
COMMAND = ("python", "manage.py", "serve")
STOPS_WITHIN = 15  # seconds


class Server:
    """One server on one port, which it keeps over restarts."""

    running: "set[Server]" = set()

    def __init__(self, environment: dict[str, str], log: Path, command: Sequence[str] = COMMAND) -> None:
        self._reserved = _reserve()
        self.port: int = self._reserved.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self.log = log
        self._command = [sys.executable, *command[1:]]
        self._environment = {
            **os.environ,
            "PYTHONUNBUFFERED": "1",
            "PORT": str(self.port),
            "RELAY_PORT": "0",
            "JOB_WORKERS": "0",
            **environment,
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self, *, wait: bool = True) -> "Server":
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        Server.running.add(self)
        if wait:
            self.wait_until_ready()
        return self

    def wait_until_ready(self) -> None:
        eventually(self._answers, f"The server does not answer:\n{self.written()}")

    def exited(self) -> int | None:
        """The exit code, None while it runs."""
        assert self._process is not None
        return self._process.poll()

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Asks it to end; the exit code."""
        assert self._process is not None
        if self._process.poll() is None:
            os.killpg(self.pid, how)
        try:
            return self._process.wait(STOPS_WITHIN)
        finally:
            self.kill()

    def kill(self) -> None:
        """As a power cut would. Its job workers too: they are sessions of their own, and use the test's database."""
        Server.running.discard(self)
        workers = self.job_workers()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        for worker in workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
        if self._process is not None:
            self._process.wait()
        eventually(lambda: not any(map(is_job_worker, workers)), "a worker outlives the power cut")

    def restart(self) -> None:
        self.kill()
        self.start()

    def release(self) -> None:
        self._reserved.close()

    def written(self) -> str:
        return self.log.read_text(errors="replace")[-20_000:]

    def resident(self) -> int:
        """Bytes of memory (proc(5), VmRSS)."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) * 1024

    def children(self) -> list[int]:
        listed = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        return [int(pid) for pid in listed.split()]

    def relay_workers(self) -> list[int]:
        """Of the media relay."""
        return list(filter(is_relay, children_of(self.pid)))

    def job_workers(self) -> list[int]:
        return list(filter(is_job_worker, children_of(self.pid)))

    def _answers(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError(f"The server ended:\n{self.written()}")
        try:
            with urllib.request.urlopen(f"{self.url}/health/live", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


def children_of(pid: int) -> list[int]:
    """By whichever thread."""
    found: list[int] = []
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):  # a thread that has ended meanwhile
            found += map(int, listed.read_text().split())
    return found


def is_relay(pid: int) -> bool:
    return "relay" in _command_of(pid)


def is_job_worker(pid: int) -> bool:
    return "work" in _command_of(pid)


def _command_of(pid: int) -> list[str]:
    """Empty for one that is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:
        return []


def _reserve() -> socket.socket:
    """Bound but not listening: the port stays ours, and the server may listen on it (socket(7), SO_REUSEADDR)."""
    reserved = socket.socket()
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    reserved.bind(("127.0.0.1", 0))
    return reserved


def environment_of_tests() -> dict[str, str]:
    """Same database, same data directory, so same secret key: what a test signs, the server believes."""
    from django.conf import settings
    from django.db import connection

    database = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{database['NAME']}"
    else:
        url = f"postgres://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    return {"DATABASE_URL": url, "MEET_DATA_DIR": str(settings.DATA_DIR)}


StartServer = Callable[..., Server]


@pytest.fixture
def start_server(transactional_db: None, tmp_path: Path) -> Iterator[StartServer]:
    """Starts servers of the test's own, with whatever the environment shall say."""
    with _starter(tmp_path) as start:
        yield start


@pytest.fixture(scope="session")
def server(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests that do not disturb it; use it with `transactional_db`."""
    with _starter(tmp_path_factory.mktemp("server")) as start:
        yield start()


@contextlib.contextmanager
def _starter(directory: Path) -> Iterator[StartServer]:
    started: list[Server] = []

    def start(*, wait: bool = True, command: Sequence[str] = COMMAND, **environment: str) -> Server:
        log = directory / f"server-{len(started)}.log"
        started.append(Server({**environment_of_tests(), **environment}, log, command))
        return started[-1].start(wait=wait)

    try:
        yield start
    finally:
        for one in started:
            one.kill()
            one.release()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    if report.failed:
        for one in Server.running:
            report.sections.append((f"log of the server on port {one.port}", one.written()))
    return report
