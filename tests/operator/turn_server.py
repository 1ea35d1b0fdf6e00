"""As much of a TURN server as an allocation needs, with coturn's use-auth-secret (RFC 8656; static-auth-secret)."""

import asyncio
import base64
import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aioice.stun import Class, Message, Method, parse_message
from aioice.turn import make_integrity_key

REALM = "example.org"
RELAYED = ("198.51.100.7", 49160)


class TurnServer(asyncio.DatagramProtocol):
    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.allocated = 0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, address: Any) -> None:
        request = parse_message(data)
        key = self._key(request.attributes.get("USERNAME", ""))
        if request.check_message_integrity(key):
            answer = Message(
                request.message_method, Class.RESPONSE, request.transaction_id, self._grant(request, address)
            )
            answer.add_message_integrity(key)
        else:
            said = {"ERROR-CODE": (401, "Unauthorized"), "NONCE": b"nonce", "REALM": REALM}
            answer = Message(request.message_method, Class.ERROR, request.transaction_id, said)
        self.transport.sendto(bytes(answer), address)

    def _key(self, username: str) -> bytes:
        digest = hmac.new(self.secret.encode(), username.encode(), hashlib.sha1).digest()
        return make_integrity_key(username, REALM, base64.b64encode(digest).decode())

    def _grant(self, request: Message, address: Any) -> dict[str, Any]:
        lifetime = request.attributes["LIFETIME"]
        if request.message_method == Method.ALLOCATE:
            self.allocated += 1
            return {"LIFETIME": lifetime, "XOR-MAPPED-ADDRESS": address[:2], "XOR-RELAYED-ADDRESS": RELAYED}
        self.allocated -= lifetime == 0
        return {"LIFETIME": lifetime}


@asynccontextmanager
async def turn_server(secret: str) -> AsyncIterator[tuple[str, TurnServer]]:
    """Its URL and itself."""
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(lambda: TurnServer(secret), local_addr=("127.0.0.1", 0))
    try:
        yield f"turn:127.0.0.1:{transport.get_extra_info('sockname')[1]}?transport=udp", server
    finally:
        transport.close()
