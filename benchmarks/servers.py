"""The servers that are measured: started as processes on a core of their own, with their CPU time read from proc(5)."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.load import SERVER_CORE, use_core
from tests.services import eventually, free_port

ROOT = Path(__file__).resolve().parent.parent
TICK = os.sysconf("SC_CLK_TCK")


class Server:
    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.port = port
        self._process = process

    def cpu(self) -> float:
        """Seconds of user and system time, all threads."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK


@contextlib.contextmanager
def data_directory() -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory(prefix="meet-benchmark-") as directory:
        yield {"MEET_DATA_DIR": directory, "LOG_LEVEL": "WARNING"}


@contextlib.contextmanager
def running(command: list[str], environment: dict[str, str]) -> Iterator[Server]:
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env={**kept, "PORT": str(port), "JOB_WORKERS": "0", **environment},
        preexec_fn=lambda: use_core(SERVER_CORE),
        stdout=subprocess.DEVNULL,
    )
    try:
        eventually(lambda: process.poll() is not None or _listens(port), "the server does not start")
        yield Server(process, port)
    finally:
        process.terminate()
        process.wait(15)


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError):
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    return False
