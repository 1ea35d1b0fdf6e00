"""A worker as a process of its own, and the web side of its control socket."""

import json
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


class Refused(Exception):
    pass


class Process:
    def __init__(self, directory: Path) -> None:
        self.path = directory / "control" / "relay-0.sock"
        self.log = directory / "relay.log"
        self.port = free_port()
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "relay", "--port", str(self.port), "--address", "127.0.0.1"]
                + ["--control", str(self.path)],
                cwd=ROOT,
                stderr=log,
            )

    def connect(self) -> "Web":
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log.read_text()
            try:
                return connected(self.path)
            except OSError:
                time.sleep(0.02)
        raise AssertionError(f"no worker: {self.log.read_text()}")

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(10)


class Web:
    """Commands with answers; events are kept until somebody looks for them."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._sock.settimeout(10)
        self._file = sock.makefile("rb")
        self._number = 0
        self.events: list[dict[str, Any]] = []

    def ask(self, kind: str, **fields: Any) -> dict[str, Any]:
        self._number += 1
        self._sock.sendall(json.dumps({"type": kind, "id": self._number, **fields}).encode() + b"\n")
        while True:
            message = self._read()
            if message.get("id") != self._number:
                self.events.append(message)
            elif message["type"] == "refused":
                raise Refused(message["code"])
            else:
                return message

    def event(self, kind: str, **fields: Any) -> dict[str, Any]:
        """The first that says this, waiting for it."""
        wanted = {"type": kind, **fields}
        while True:
            for index, event in enumerate(self.events):
                if wanted.items() <= event.items():
                    return self.events.pop(index)
            self.events.append(self._read())

    def _read(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self._file.readline())
        return message

    def close(self) -> None:
        self._file.close()
        self._sock.close()


def connected(path: Path) -> Web:
    sock = socket.socket(socket.AF_UNIX)
    try:
        sock.connect(str(path))
    except OSError:
        sock.close()
        raise
    return Web(sock)
