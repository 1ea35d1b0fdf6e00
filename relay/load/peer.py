"""One peer connection as a browser has it: ICE as the controlling side, DTLS as client, SRTP, one socket."""

import asyncio
import contextlib
import secrets
import socket
from struct import Struct
from typing import Any, Final

from aioice import stun
from aiortc.rtcdtlstransport import (
    SRTP_AEAD_AES_128_GCM,
    RTCCertificate,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
)

from relay import rtcp
from relay.batches import ffi
from relay.dtls import Path, fingerprint_of, keys_of
from relay.ice import BINDING_REQUEST
from relay.load.description import Ourselves, Remote
from relay.load.sampling import ARRIVAL
from relay.malformed import Malformed
from relay.srtp import INDEX, Keys

PATIENCE: Final = 15.0  # seconds for checks, and again for the handshake
ROOM: Final = 2048
_TIME: Final = Struct("@qq")

_memory: Any = ffi.new("char[]", ROOM)  # a datagram is done with before the next is read
_view = memoryview(ffi.buffer(_memory)).cast("B")


def check(ours: str, theirs: str, password: str, *, nominate: bool = True) -> bytes:
    """A binding request from the user `ours` to the server, whose name is `theirs`."""
    attributes: dict[str, Any] = {"USERNAME": f"{theirs}:{ours}", "PRIORITY": 1845501695, "ICE-CONTROLLING": 1}
    if nominate:
        attributes["USE-CANDIDATE"] = None
    request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST, attributes=attributes)
    request.add_message_integrity(password.encode())
    return bytes(request)


class Peer:
    """Subclasses say what they do with what arrives."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self._certificate = RTCCertificate.generateCertificate()
        self.sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.setblocking(False)
        self.sock.bind((host, 0))
        name = self.sock.getsockname()
        self.ourselves = Ourselves(
            secrets.token_hex(4), secrets.token_hex(16), fingerprint_of(self._certificate), (name[0], name[1])
        )
        self.remote: Remote
        self.keys: Keys | None = None
        self.profile = ""
        self._path = Path(self._send)
        self._dtls: Any = RTCDtlsTransport(self._path, [self._certificate])  # type: ignore[arg-type]
        self._dtls._set_role("client")
        self._dtls._srtp_profiles = [SRTP_AEAD_AES_128_GCM]  # the same, whatever servers prefer
        self._answered = asyncio.Event()

    async def connect(self, remote: Remote) -> None:
        """Raises TimeoutError or ConnectionError."""
        self.remote = remote
        self.sock.connect(remote.address)
        asyncio.get_running_loop().add_reader(self.sock.fileno(), self._drain)
        checking = asyncio.get_running_loop().create_task(self._keep_checking())
        try:
            await asyncio.wait_for(self._answered.wait(), PATIENCE)
            parameters = RTCDtlsParameters(fingerprints=[RTCDtlsFingerprint(*remote.fingerprint)])
            await asyncio.wait_for(self._dtls.start(parameters), PATIENCE)
        finally:
            checking.cancel()
        if self._dtls.state != "connected":
            raise ConnectionError("no DTLS")
        self.profile = self._dtls._ssl.get_selected_srtp_profile().decode()
        self.keys = keys_of(self._dtls)

    async def _keep_checking(self) -> None:
        """Servers may have missed the first ones."""
        while True:
            self.check()
            await asyncio.sleep(0.1)

    def on_rtp(self, packet: bytes, arrived: int) -> None:
        """`arrived`: the kernel's time, in nanoseconds since 1970; 0 unless the socket was asked to tell."""

    def on_rtcp(self, message: rtcp.Message) -> None:
        pass

    def check(self) -> None:
        """Servers want one now and then: who sends none has lost consent."""
        self._send(check(self.ourselves.ufrag, self.remote.ufrag, self.remote.password))

    def send_rtcp(self, packet: bytes) -> None:
        if self.keys:
            _view[: len(packet)] = packet
            if self.keys.protect_rtcp(_memory, len(packet)):
                self._send(_view[: len(packet) + self.keys.tag + INDEX])

    def _send(self, data: bytes | memoryview) -> None:
        with contextlib.suppress(OSError):  # lost, as on any network
            self.sock.send(data)

    def _drain(self) -> None:
        for _ in range(64):
            try:
                length, control, _flags, _address = self.sock.recvmsg_into([_view], 64)
            except OSError:
                return
            if length:
                self._take(length, _arrival(control))

    def _take(self, length: int, arrived: int) -> None:
        first = _view[0]
        if first < 4:
            self._checked(bytes(_view[:length]))
        elif first < 64:
            self._path.feed(bytes(_view[:length]))
        elif self.keys and 192 <= _view[1] <= 223:
            if plain := self.keys.unprotect_rtcp(_memory, length):
                with contextlib.suppress(Malformed):
                    for message in rtcp.parse(bytes(_view[:plain])):
                        self.on_rtcp(message)
        elif self.keys and (plain := self.keys.unprotect(_memory, length)):
            self.on_rtp(bytes(_view[:plain]), arrived)

    def _checked(self, data: bytes) -> None:
        """Some servers check back, though they say they are lite."""
        if data[:2] != BINDING_REQUEST:
            self._answered.set()
            return
        key = self.ourselves.password.encode()
        with contextlib.suppress(ValueError):
            request = stun.parse_message(data)
            attributes = {"XOR-MAPPED-ADDRESS": self.remote.address}
            answer = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, request.transaction_id, attributes)
            answer.add_message_integrity(key)
            self._send(bytes(answer))

    async def close(self) -> None:
        await self._dtls.stop()
        self._path.close()
        asyncio.get_running_loop().remove_reader(self.sock.fileno())
        self.sock.close()


def _arrival(control: list[tuple[int, int, bytes]]) -> int:
    for level, kind, data in control:
        if level == socket.SOL_SOCKET and kind == ARRIVAL:
            seconds, nanoseconds = _TIME.unpack(data[: _TIME.size])
            return int(seconds * 1_000_000_000 + nanoseconds)
    return 0
