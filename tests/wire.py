"""A page's socket without a page: commands are asked, events are awaited, and all of it is kept for the failure report."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from channels.testing import WebsocketCommunicator
from django.test import Client

from meet.asgi import application

TIMEOUT = 5


class Wire:
    def __init__(self, path: str, client: Client | None = None, *, origin: str = "http://localhost") -> None:
        cookies = (
            "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items()) if client else ""
        )
        headers = [(b"origin", origin.encode()), (b"host", b"localhost"), (b"cookie", cookies.encode())]
        self._socket = WebsocketCommunicator(application, path, headers=headers)
        self._next_id = 0
        self._events: list[dict[str, Any]] = []
        self.transcript: list[str] = []
        self.you = ""
        self.snapshot: dict[str, Any] = {}

    async def connect(self) -> bool:
        accepted, _ = await self._socket.connect(timeout=TIMEOUT)
        return bool(accepted)

    async def ask(self, command: str, **fields: Any) -> dict[str, Any]:
        """The answer, done or refused, to this command."""
        self._next_id += 1
        return await self.ask_raw({"type": command, "id": self._next_id, **fields})

    async def ask_raw(self, message: Any) -> dict[str, Any]:
        wanted = message.get("id") if isinstance(message, dict) else None
        await self.send_text(message if isinstance(message, str) else msgspec.json.encode(message).decode())
        while True:
            got = await self._receive()
            for one in got:
                if one["type"] in {"done", "refused"} and one.get("id") == wanted:
                    return one

    async def send_text(self, text: str) -> None:
        self.transcript.append(f"→ {text}")
        await self._socket.send_to(text_data=text)

    async def join(self, **wish: Any) -> dict[str, Any]:
        answer = await self.ask("meeting.join", **{"microphone": False, "camera": False, **wish})
        self.you = answer.get("you", "")
        self.snapshot = answer.get("snapshot", {})
        return answer

    async def event(self, kind: str) -> dict[str, Any]:
        """The next event of this type; earlier ones of other types are dropped."""
        while True:
            while self._events:
                one = self._events.pop(0)
                if one["type"] == kind:
                    return one
            await self._receive()

    async def nothing_but(self, *kinds: str) -> None:
        """Nothing else has arrived; asked after a command that orders the events before it."""
        assert [one for one in self._events if one["type"] not in kinds] == [], self.transcript

    async def closed(self) -> int:
        while True:
            message = await self._socket.receive_output(TIMEOUT)
            if message["type"] == "websocket.close":
                return int(message["code"])

    async def disconnect(self) -> None:
        await self._socket.disconnect(timeout=TIMEOUT)

    async def _receive(self) -> list[dict[str, Any]]:
        message = await self._socket.receive_output(TIMEOUT)
        assert message["type"] == "websocket.send", (message, self.transcript)
        self.transcript.append(f"← {message['text'][:500]}")
        decoded = msgspec.json.decode(message["text"])
        frames = decoded if isinstance(decoded, list) else [decoded]
        self._events += [one for one in frames if one["type"] not in {"done", "refused"}]
        return frames


@asynccontextmanager
async def wire(path: str, client: Client | None = None) -> AsyncIterator[Wire]:
    one = Wire(path, client)
    assert await one.connect()
    try:
        yield one
    finally:
        await one.disconnect()
