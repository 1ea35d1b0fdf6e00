"""DTLS as the server, from aiortc, over a queue of ours: certificates, fingerprints, and the keys for SRTP."""

import asyncio
from collections.abc import Callable

from aiortc.rtcdtlstransport import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport

from relay.srtp import Keys

WAITING = 16  # datagrams of one peer
PATIENCE = 10.0  # seconds for a handshake
AT_ONCE = 32  # handshakes
ALERT, HEADER = 21, 13  # the type of its records; bytes before each one's content
TAGS = {b"SRTP_AES128_CM_SHA1_80": 10, b"SRTP_AEAD_AES_128_GCM": 16, b"SRTP_AEAD_AES_256_GCM": 16}  # bytes

Fingerprint = tuple[str, str]  # algorithm, value


class Path:
    """All that aiortc asks of an ICE transport."""

    role = "controlled"
    state = "completed"

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._deliver = send
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue(WAITING)
        self.heard = asyncio.Event()
        self._closed = False

    def feed(self, datagram: bytes) -> bool:
        if self._closed or self._queue.full() or _is_plain_alert(datagram):
            return False
        self._queue.put_nowait(datagram)
        self.heard.set()
        return True

    def close(self) -> None:
        self._closed = True
        while not self._queue.empty():
            self._queue.get_nowait()
        self._queue.put_nowait(None)

    async def _recv(self) -> bytes:
        datagram = await self._queue.get()
        if datagram is None:
            raise ConnectionError
        return datagram

    async def _send(self, data: bytes) -> None:
        self._deliver(data)


class Handshakes:
    """How many may be under way, over all links."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._places = asyncio.Semaphore(at_once)
        self.running = self.failed = self.done = 0

    async def perform(self, transport: RTCDtlsTransport, path: Path, fingerprint: Fingerprint) -> Keys | None:
        """It is ended by its path: a cancellation gets lost where aiortc takes a datagram at the same moment."""
        async with self._places:
            self.running += 1
            ending = asyncio.get_running_loop().call_later(PATIENCE, path.close)
            try:
                await transport.start(_parameters(fingerprint))
            finally:
                ending.cancel()
                self.running -= 1
        if transport.state != "connected":
            self.failed += 1
            return None
        self.done += 1
        return keys_of(transport)


class Dtls:
    """The handshake of one link. Nothing is spent on it before the peer has said its first word."""

    def __init__(self, certificate: RTCCertificate, send: Callable[[bytes], None], handshakes: Handshakes) -> None:
        self.path = Path(send)
        self._handshakes = handshakes
        self._transport = RTCDtlsTransport(self.path, [certificate])  # type: ignore[arg-type]
        self._transport._set_role("server")
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    def start(self, expected: Fingerprint, ready: Callable[[Keys], None], lost: Callable[[], None]) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run(expected, ready, lost))

    async def _run(self, expected: Fingerprint, ready: Callable[[Keys], None], lost: Callable[[], None]) -> None:
        await self.path.heard.wait()
        keys = await self._handshakes.perform(self._transport, self.path, expected)
        if keys is None:
            lost()
            return
        self._transport.on("statechange", lambda: None if self._closed else lost())
        ready(keys)

    def close(self) -> None:
        """Says goodbye at once, without waiting for anything."""
        self._closed = True
        if self._task:
            self._task.cancel()
        if self._transport.state == "connected":
            stopping = self._transport.stop()
            try:
                stopping.send(None)  # it only writes to the socket, which never waits
            except StopIteration:
                pass
            else:
                stopping.close()
        self.path.close()


def keys_of(transport: RTCDtlsTransport) -> Keys:
    """Of one that is connected."""
    profile = transport._ssl.get_selected_srtp_profile()  # type: ignore[union-attr]
    return Keys(transport._rx_srtp, transport._tx_srtp, TAGS[profile])


def _is_plain_alert(datagram: bytes) -> bool:
    """Whether an alert of epoch 0 is in it (RFC 6347, 4.1), by which a forger of the address could end a handshake."""
    at = 0
    while at + HEADER <= len(datagram):
        if datagram[at] == ALERT and datagram[at + 3 : at + 5] == b"\0\0":
            return True
        at += HEADER + int.from_bytes(datagram[at + 11 : at + HEADER], "big")
    return False


def fingerprint_of(certificate: RTCCertificate) -> str:
    return next(one.value for one in certificate.getFingerprints() if one.algorithm == "sha-256")


def _parameters(fingerprint: Fingerprint) -> RTCDtlsParameters:
    return RTCDtlsParameters(fingerprints=[RTCDtlsFingerprint(*fingerprint)])
