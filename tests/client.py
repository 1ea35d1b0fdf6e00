"""A page's socket over the network: the same questions as tests.wire, asked of a real server."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from django.test import Client as Browser
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode

from realtime.envelope import write
from tests.wire import Wire

PATIENCE = 20.0  # seconds; a busy machine is not a failure
RENEWAL = 5.0  # seconds


class Client(Wire):
    def __init__(self, url: str, path: str, browser: Browser) -> None:
        self._url, self._path = url, path
        self._headers = {"Cookie": cookies_of(browser)}
        self._network: ClientConnection | None = None
        self._renewing: asyncio.Task[None] | None = None
        self._next_id = 0
        self._events: list[dict[str, Any]] = []
        self.transcript: list[str] = []
        self.you, self.connection = "", ""
        self.snapshot: dict[str, Any] = {}

    async def connect(self) -> bool:
        address = f"{self._url.replace('http', 'ws', 1)}{self._path}"
        self._network = await connect(
            address, origin=self._url, additional_headers=self._headers, compression=None, max_size=None
        )
        return True

    async def send_text(self, text: str) -> None:
        assert self._network is not None
        await self._network.send(text)

    async def keep_renewing(self, seq: int = 2**50) -> None:
        """What a page does every few seconds; without it a person counts as lost."""
        self._renewing = asyncio.create_task(self._renew(seq))

    async def closed(self) -> int:
        try:
            while True:
                await self._receive()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006

    async def disconnect(self) -> None:
        if self._renewing is not None:
            self._renewing.cancel()
        if self._network is not None:
            await self._network.close()

    async def _renew(self, seq: int) -> None:
        with contextlib.suppress(ConnectionClosed):
            while True:
                await self.send_text(write({"type": "connection.renew", "id": 0, "seq": seq}))
                await asyncio.sleep(RENEWAL)

    async def _receive(self) -> list[dict[str, Any]]:
        assert self._network is not None
        async with asyncio.timeout(PATIENCE):
            text = await self._network.recv(decode=True)
        return self._keep({"text": text})


def cookies_of(browser: Browser) -> str:
    return "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())


@asynccontextmanager
async def meeting(*people: Client) -> AsyncIterator[None]:
    """Connects them all, in order, and joins them."""
    try:
        for person in people:
            await person.connect()
            answer = await person.join()
            assert answer["type"] == "done", answer
        yield
    finally:
        for person in people:
            await person.disconnect()


def deaf(url: str, path: str, browser: Browser) -> socket.socket:
    """A socket that joined and never reads again."""
    parts = urlsplit(url)
    wire = socket.socket()
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    wire.settimeout(PATIENCE)
    wire.connect((parts.hostname, parts.port))
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {parts.netloc}",
        f"Origin: {url}",
        f"Cookie: {cookies_of(browser)}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ]
    wire.sendall("\r\n".join([*lines, "", ""]).encode())
    assert wire.recv(12) == b"HTTP/1.1 101"
    join = write({"type": "meeting.join", "id": 1, "microphone": False, "camera": False})
    wire.sendall(Frame(Opcode.TEXT, join.encode()).serialize(mask=True))
    return wire
