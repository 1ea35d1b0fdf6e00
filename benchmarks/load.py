"""The load: many sockets in one process that look at bytes only, so that the server is what is measured."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Iterable

from websockets.frames import Frame, Opcode

CLIENTS_CORE, SERVER_CORE = {1}, {0}


def measuring() -> None:
    """The clients' process: on its core, and tidy when it is told to end."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    use_core(CLIENTS_CORE)


def use_core(core: set[int]) -> None:
    """On a machine with one core both share it, and the numbers say less."""
    if core <= os.sched_getaffinity(0):
        os.sched_setaffinity(0, core)


class Tally:
    """Counts what all sockets received, and says when it was enough."""

    def __init__(self) -> None:
        self.received = 0
        self._enough = 0
        self._reached = asyncio.Event()

    def add(self, number: int) -> None:
        self.received += number
        if self.received >= self._enough:
            self._reached.set()

    async def reach(self, total: int, within: float = 30) -> None:
        self._enough = total
        self._reached.clear()
        if self.received < total:
            async with asyncio.timeout(within):
                await self._reached.wait()


class Peer(asyncio.Protocol):
    """A WebSocket client (RFC 6455) that keeps or counts what comes after the handshake."""

    def __init__(self, tally: Tally, *, keep: bool) -> None:
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.received: list[bytes] = []
        self.lost = False
        self._tally = tally
        self._keep = keep
        self._head = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        if self._keep:
            self.received.append(data)
        self._tally.add(len(data))

    def connection_lost(self, error: Exception | None) -> None:
        self.lost = True
        if not self.opened.done():
            self.opened.set_exception(error or ConnectionError("closed in the handshake"))

    def send(self, text: str) -> None:
        self._transport.write(Frame(Opcode.TEXT, text.encode()).serialize(mask=True))  # type: ignore[attr-defined]

    def close(self) -> None:
        self._transport.close()

    def frames(self) -> Iterable[bytes]:
        """The text frames received so far; kept ones only."""
        data, at = b"".join(self.received), 0
        while at + 2 <= len(data):
            opcode, length, at = data[at] & 15, data[at + 1], at + 2
            if length >= 126:
                size = 2 if length == 126 else 8
                length, at = int.from_bytes(data[at : at + size]), at + size
            if at + length > len(data):
                return
            if opcode == Opcode.TEXT:
                yield data[at : at + length]
            at += length


class Opening(asyncio.Protocol):
    """Asks for the upgrade, then hands the transport to its peer."""

    def __init__(self, peer: Peer, request: bytes) -> None:
        self._peer, self._request, self._head = peer, request, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._peer.connection_made(transport)
        transport.write(self._request)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self._head += data
        head, end, rest = self._head.partition(b"\r\n\r\n")
        if not end:
            return
        if not head.startswith(b"HTTP/1.1 101"):
            self._peer.opened.set_exception(ConnectionError(head[:80].decode()))
            return
        self._transport.set_protocol(self._peer)  # type: ignore[attr-defined]
        self._peer.opened.set_result(None)
        if rest:
            self._peer.data_received(rest)

    def connection_lost(self, error: Exception | None) -> None:
        self._peer.connection_lost(error)


async def open_peer(tally: Tally, port: int, path: str, cookie: str = "", *, keep: bool = False) -> Peer:
    peer = Peer(tally, keep=keep)
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: localhost:{port}",
        f"Origin: http://localhost:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        *([f"Cookie: {cookie}"] if cookie else []),
    ]
    request = "\r\n".join([*lines, "", ""]).encode()
    await asyncio.get_running_loop().create_connection(
        lambda: Opening(peer, request), "127.0.0.1", port, family=socket.AF_INET
    )
    await peer.opened
    return peer
