"""One socket's way out: bounded, in order, and never waited for by anybody else."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from realtime import metrics
from realtime.eager import start
from realtime.refusals import Close

Send = Callable[[dict[str, Any]], Coroutine[Any, Any, None]]

LIMIT_FRAMES = 256
LIMIT_CHARACTERS = 1024 * 1024
SEND_TIMEOUT = 10.0  # seconds until a socket that takes nothing is given up


class Outbox:
    """Frames leave in the order they were put. A full or stuck outbox breaks: the reader must come back and resync."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._frames: deque[dict[str, Any]] = deque()
        self._characters = 0
        self._writer: asyncio.Task[None] | None = None
        self._closed = False
        self._asked = False
        self._goodbye: Close | None = None
        self.broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def asked(self) -> None:
        """A command is being obeyed: a close waits for its answer, so that who leaves hears that it was done."""
        self._asked = True

    def answer(self, text: str) -> None:
        self._asked = False
        code, self._goodbye = self._goodbye, None
        self.put(text)
        if code is not None:
            self.close(code)

    def put(self, text: str) -> None:
        if self._closed or self._goodbye is not None:
            return
        if self._writer is not None and (
            len(self._frames) >= LIMIT_FRAMES or self._characters + len(text) > LIMIT_CHARACTERS
        ):
            self._break()
            return
        self._write({"type": "websocket.send", "text": text})

    def close(self, code: Close) -> None:
        """Says goodbye after what is already queued; what comes later is not sent."""
        if self._asked:
            self._goodbye = self._goodbye or code
        elif not self._closed:
            self._closed = True
            self._write({"type": "websocket.close", "code": int(code)})

    async def drained(self) -> None:
        if self._writer is not None:
            await asyncio.wait({self._writer})

    def abandon(self) -> None:
        """The socket is gone; nothing more is written."""
        self._closed = True
        self._frames.clear()
        if self._writer is not None:
            self._writer.cancel()

    def _write(self, message: dict[str, Any]) -> None:
        if self._writer is not None:
            self._frames.append(message)
            self._characters += len(message.get("text", ""))
            return
        try:
            rest = start(self._send(message))
        except (OSError, RuntimeError):  # the peer left between two events
            self._break()
            return
        if rest is not None:
            self._writer = asyncio.create_task(self._drain(rest))

    async def _drain(self, sending: Awaitable[None]) -> None:
        try:
            while True:
                async with asyncio.timeout(SEND_TIMEOUT):
                    await sending
                if not self._frames:
                    return
                message = self._frames.popleft()
                self._characters -= len(message.get("text", ""))
                sending = self._send(message)
        except (TimeoutError, OSError, RuntimeError):
            self._break()
        finally:
            self._writer = None

    def _break(self) -> None:
        self._closed = True
        self._frames.clear()
        if not self.broken.done():
            metrics.outboxes_broken.inc()
            self.broken.set_result(None)
