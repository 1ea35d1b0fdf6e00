"""PostgreSQL, Redis and coturn for a while, on loopback, in directories deleted afterwards; and what is installed."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

READY_WITHIN = 30  # seconds
TOOLS = {
    "chromium": "Chromium",
    "postgresql": "PostgreSQL",
    "redis": "Redis",
    "node": "Node",
    "coturn": "coturn",
    "cc": "A C compiler",
}


def found(tool: str) -> str | None:
    """Where this tool is, if it is installed."""
    return {
        "chromium": lambda: _first("chromium", "chromium-browser", "google-chrome"),
        "postgresql": _initdb,
        "redis": lambda: _first("redis-server"),
        "node": lambda: _first("node"),
        "coturn": lambda: _first("turnserver"),
        "cc": lambda: _first("cc"),
    }[tool]()


def required() -> set[str]:
    """What MEET_TEST_REQUIRE says must be there."""
    names = {name.strip() for name in os.environ.get("MEET_TEST_REQUIRE", "").split(",") if name.strip()}
    if unknown := names - TOOLS.keys():
        raise SystemExit(f"MEET_TEST_REQUIRE knows {', '.join(TOOLS)}, not {', '.join(sorted(unknown))}.")
    return names


def _first(*names: str) -> str | None:
    return next((path for path in map(shutil.which, names) if path), None)


def _initdb() -> str | None:
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(versions, key=lambda path: float(path.parts[-3]), default=None)
    return str(newest) if newest else shutil.which("initdb")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def postgresql() -> Iterator[str]:
    """The URL of an empty server. Root may not run it, so then the system's postgres user does."""
    programs = Path(found("postgresql") or "").parent
    user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    with tempfile.TemporaryDirectory(prefix="meet-pg-") as directory:
        if user:
            shutil.chown(directory, "postgres")
        data, port = f"{directory}/data", free_port()
        create = [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "--locale=C.UTF-8"]
        subprocess.run(create, cwd=directory, check=True, stdout=subprocess.DEVNULL, **user)
        options = ["-p", port, "-h", "127.0.0.1", "-k", directory, "-F", "-c", "synchronous_commit=off"]
        options += ["-c", "full_page_writes=off", "-c", "max_connections=200"]
        command = [programs / "postgres", "-D", data, *options]
        with _running(command, directory, signal.SIGINT, **user), _answering(port):
            yield f"postgres://postgres@127.0.0.1:{port}/postgres"


@contextmanager
def redis(port: int | None = None) -> Iterator[str]:
    """The URL of an empty server that keeps nothing on disk."""
    port = port or free_port()
    with tempfile.TemporaryDirectory(prefix="meet-redis-") as directory:
        options = ["--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        with _running([found("redis") or "", *options], directory), _answering(port):
            yield f"redis://127.0.0.1:{port}/0"


@contextmanager
def coturn(secret: str) -> Iterator[str]:
    """The address of a TURN server whose credentials are made with this secret; it relays to loopback, too."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="meet-turn-") as directory:
        options = [
            "-n",
            "-p",
            port,
            "-L",
            "127.0.0.1",
            "-E",
            "127.0.0.1",
            "--allow-loopback-peers",
            "-r",
            "example.org",
        ]
        options += ["--use-auth-secret", f"--static-auth-secret={secret}", "--no-cli", "--no-tls", "--no-dtls"]
        options += ["--log-file=stdout", f"--pidfile={directory}/pid", f"--userdb={directory}/users"]
        with _running([found("coturn") or "", *options], directory), _answering(port):
            yield f"127.0.0.1:{port}"


@contextmanager
def _running(
    command: list[object], directory: str, stop_with: signal.Signals = signal.SIGTERM, **user: Any
) -> Iterator[None]:
    with open(f"{directory}/log", "wb") as log:
        process = subprocess.Popen([str(part) for part in command], cwd=directory, stdout=log, stderr=log, **user)
    try:
        yield
    finally:
        _stop(process, stop_with)


def _stop(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    process.send_signal(how)  # SIGINT is PostgreSQL's fast shutdown: it does not wait for clients
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def _answering(port: int) -> Iterator[None]:
    eventually(lambda: _connects(port), f"nothing answers on port {port}")
    yield


def _connects(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def eventually(condition: Callable[[], object], otherwise: str, within: float = READY_WITHIN) -> None:
    """Waits for a condition of another process; those cannot be awaited."""
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(otherwise)
        time.sleep(0.05)
