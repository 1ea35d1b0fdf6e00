"""The control socket: commands come in and are answered, events go out; nothing waits for anybody."""

import asyncio
import contextlib
import logging
import os
from pathlib import Path

import msgspec

from relay.messages import AnyCommand, AnyMessage, Refusal
from relay.refusals import Refused
from relay.worker import Worker

LONGEST = 256 * 1024  # one line
BACKLOG = 16 * 1024 * 1024  # bytes a web process may leave unread
log = logging.getLogger("relay")


class Connection:
    """One web process."""

    def __init__(self, worker: Worker, writer: asyncio.StreamWriter) -> None:
        self._worker = worker
        self._writer = writer
        self._decoder = msgspec.json.Decoder(AnyCommand)
        self._encoder = msgspec.json.Encoder()

    def send(self, message: AnyMessage) -> None:
        if self._writer.is_closing():
            return
        self._writer.write(self._encoder.encode(message) + b"\n")
        if self._writer.transport.get_write_buffer_size() > BACKLOG:
            log.warning("A web process does not read; it is cut off.")
            self._writer.transport.abort()

    async def serve(self, reader: asyncio.StreamReader) -> None:
        try:
            while line := await reader.readline():
                self._obey(line)
        except ValueError:
            self.send(Refusal(None, "command.too_long", "The line is too long."))
        except ConnectionError:
            pass
        finally:
            self._worker.hung_up(self)
            self._writer.close()

    def _obey(self, line: bytes) -> None:
        try:
            command = self._decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            self.send(Refusal(_id_of(line), "command.malformed", "The command can't be read."))
            return
        try:
            done = self._worker.perform(command, self)
        except Refused as refused:
            self.send(Refusal(command.id, refused.code, refused.text))
        else:
            if command.id is not None:
                self.send(done)


class _Numbered(msgspec.Struct):
    id: int | None = None


def _id_of(line: bytes) -> int | None:
    """Of a command that makes no sense otherwise."""
    with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError):
        return msgspec.json.decode(line, type=_Numbered).id
    return None


class Control:
    """Listens for web processes."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def listen(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        mask = os.umask(0o177)
        try:
            self._server = await asyncio.start_unix_server(self._connected, path, limit=LONGEST)
        finally:
            os.umask(mask)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(Connection(self._worker, writer).serve(reader))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        if self._server:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
