"""Every request and every socket has an id, which its lines in the log carry; answers to requests name it."""

import re
import secrets
from typing import Any, Protocol

from meet.logs import request_id

HEADER = b"x-request-id"
LOOKS_LIKE_ONE = re.compile(rb"[A-Za-z0-9_-]{8,64}")


class Trusted(Protocol):
    """A set of addresses, or networks that say whether an address is in them."""

    def __contains__(self, address: Any, /) -> bool: ...


class RequestIds:
    """ASGI middleware, outermost: only there one sees whether a trusted proxy is asking."""

    def __init__(self, app: Any, trusted: Trusted) -> None:
        self._app = app
        self._trusted = trusted

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        name = self._given(scope) or secrets.token_hex(8)

        async def naming(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", []), (HEADER, name.encode())]}
            await send(message)

        token = request_id.set(name)
        try:
            # Sockets send straight through: one more call per frame is felt where many listen.
            await self._app(scope, receive, naming if scope["type"] == "http" else send)
        finally:
            request_id.reset(token)

    def _given(self, scope: Any) -> str:
        given = dict(scope["headers"]).get(HEADER, b"")
        peer = (scope.get("client") or [""])[0]
        return given.decode() if LOOKS_LIKE_ONE.fullmatch(given) and peer in self._trusted else ""
