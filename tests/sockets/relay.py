"""A worker of the relay that only takes notes, and answers as it is told."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from signaling.relays import Relays, control_path


class NotedWorker:
    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.answers: dict[str, dict[str, Any]] = {}
        self._writers: list[asyncio.StreamWriter] = []
        self._changed = asyncio.Condition()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        async with self._changed:
            self._changed.notify_all()
        try:
            await self._listen(reader, writer)
        finally:
            writer.close()
            async with self._changed:
                self._writers = [one for one in self._writers if one is not writer]
                self._changed.notify_all()

    async def gone(self) -> None:
        async with asyncio.timeout(5), self._changed:
            await self._changed.wait_for(lambda: not self._writers)

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            message = json.loads(line)
            async with self._changed:
                self.heard.append(message)
                self._changed.notify_all()
            if "id" in message:
                answer = self.answers.get(message["type"], {"type": "done"})
                self.say({**answer, "id": message["id"]}, writer)

    def say(self, message: dict[str, Any], to: asyncio.StreamWriter | None = None) -> None:
        for writer in [to] if to else self._writers:
            writer.write(json.dumps(message).encode() + b"\n")

    def hang_up(self) -> None:
        for writer in self._writers:
            writer.close()

    async def connected(self) -> None:
        async with asyncio.timeout(5), self._changed:
            await self._changed.wait_for(lambda: self._writers)

    async def noted(self, kind: str, **fields: Any) -> dict[str, Any]:
        """The first message of this type and with these fields that has come or comes; it is forgotten then."""

        def found() -> dict[str, Any] | None:
            return next((one for one in self.heard if one["type"] == kind and fields.items() <= one.items()), None)

        async with asyncio.timeout(5), self._changed:
            await self._changed.wait_for(found)
            message = found()
            assert message is not None
            self.heard.remove(message)
            return message


@asynccontextmanager
async def noted_worker() -> AsyncIterator[NotedWorker]:
    """Connected to this process as the one worker there is."""
    worker, path = NotedWorker(), control_path(0)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    server = await asyncio.start_unix_server(worker.serve, path)
    keeping = asyncio.create_task(Relays.here().keep())
    try:
        await worker.connected()
        yield worker
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        server.close()
        await worker.gone()
        path.unlink(missing_ok=True)
