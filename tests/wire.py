"""A page's socket without a page: commands are asked, events awaited, and all is kept for the failure report."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import msgspec
from channels.testing import WebsocketCommunicator
from django.test import Client

from meet.asgi import application

TIMEOUT = 5
ORIGIN = "http://localhost"


class Wire:
    def __init__(
        self, path: str, client: Client | None = None, *, origin: str | None = ORIGIN, host: str = "localhost"
    ) -> None:
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items()) if client else ""
        headers = [(b"host", host.encode()), (b"cookie", cookies.encode())]
        headers += [(b"origin", origin.encode())] if origin is not None else []
        self._socket = WebsocketCommunicator(application, path, headers=headers)
        self._next_id = 0
        self._events: list[dict[str, Any]] = []
        self.transcript: list[str] = []
        self.you = ""
        self.connection = ""
        self.snapshot: dict[str, Any] = {}

    async def connect(self) -> bool:
        accepted, _ = await self._socket.connect(timeout=TIMEOUT)
        return bool(accepted)

    async def ask(self, command: str, **fields: Any) -> dict[str, Any]:
        """The answer, done or refused, to this command."""
        self._next_id += 1
        return await self.ask_raw({"type": command, "id": self._next_id, **fields})

    async def verdict(self, command: str, **fields: Any) -> str:
        """`done`, or the code of the refusal."""
        return verdict(await self.ask(command, **fields))

    async def ask_raw(self, message: Any) -> dict[str, Any]:
        """The answer to any JSON value or text; to one without an id, the next answer that has none either."""
        wanted = message.get("id") if isinstance(message, dict) else None
        await self.send_text(message if isinstance(message, str) else msgspec.json.encode(message).decode())
        return await self.answer(wanted)

    async def answer(self, wanted: int | None = None) -> dict[str, Any]:
        while True:
            for one in await self._receive():
                if one["type"] in {"done", "refused"} and one.get("id") == wanted:
                    return one

    async def frames(self) -> list[dict[str, Any]]:
        """What the next frame holds: one answer, one event, or several events."""
        return await self._receive()

    async def send_text(self, text: str) -> None:
        self.transcript.append(f"→ {text[:500]}")
        await self._socket.send_input({"type": "websocket.receive", "text": text})

    async def send_bytes(self, data: bytes) -> None:
        await self._socket.send_input({"type": "websocket.receive", "bytes": data})

    async def join(self, **wish: Any) -> dict[str, Any]:
        answer = await self.ask("meeting.join", **{"microphone": False, "camera": False, **wish})
        self.you = answer.get("you", "")
        self.connection = answer.get("connection", "")
        self.snapshot = answer.get("snapshot", {})
        return answer

    async def event(self, kind: str, **fields: Any) -> dict[str, Any]:
        """The next event of this type and with these fields; earlier ones are dropped."""
        while True:
            while self._events:
                one = self._events.pop(0)
                if one["type"] == kind and fields.items() <= one.items():
                    return one
            await self._receive()

    async def nothing_but(self, *kinds: str) -> None:
        """Nothing else has arrived; asked after a command that orders the events before it."""
        assert [one for one in self._events if one["type"] not in kinds] == [], self.transcript

    async def events(self) -> list[dict[str, Any]]:
        """Every event of the meeting until now. A signal to oneself takes the same way, so it comes after the rest."""
        session, told = str(uuid4()), []
        await self.send_text(
            msgspec.json.encode(
                {"type": "candidate", "id": 0, "to": self.you, "session": session, "candidate": None}
            ).decode()
        )
        while True:
            while self._events:
                one = self._events.pop(0)
                if one.get("session") == session:
                    return told
                told.append(one)
            await self._receive()

    async def closed(self) -> int:
        while True:
            message = await self._socket.receive_output(TIMEOUT)
            if message["type"] == "websocket.close":
                return int(message["code"])
            self._keep(message)

    async def disconnect(self) -> None:
        await self._socket.disconnect(timeout=TIMEOUT)

    async def _receive(self) -> list[dict[str, Any]]:
        message = await self._socket.receive_output(TIMEOUT)
        assert message["type"] == "websocket.send", (message, self.transcript)
        return self._keep(message)

    def _keep(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        self.transcript.append(f"← {message['text'][:500]}")
        decoded = msgspec.json.decode(message["text"])
        frames = decoded if isinstance(decoded, list) else [decoded]
        self._events += [one for one in frames if one["type"] not in {"done", "refused"}]
        return frames


def verdict(answer: dict[str, Any]) -> str:
    return "done" if answer["type"] == "done" else str(answer["code"])


@asynccontextmanager
async def wire(path: str, client: Client | None = None) -> AsyncIterator[Wire]:
    one = Wire(path, client)
    assert await one.connect()
    try:
        yield one
    finally:
        await one.disconnect()
