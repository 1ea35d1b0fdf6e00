"""Requests whose body is larger than any form of ours are refused before Django spools them to disk."""

from typing import Any

LIMIT = 12 * 1024 * 1024  # bytes: the largest upload and its form


class BodyLimit:
    """ASGI middleware; answers 413 (RFC 9110 §15.5.14) by the announced length, and by what really arrives."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if not announced.isdigit() or int(announced) > LIMIT:
            await _refuse(send)
            return
        left = LIMIT

        async def limited() -> Any:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            # To Django a body that never ends is a client that left: it stops reading and answers nothing.
            return message if left >= 0 else {"type": "http.disconnect"}

        await self._app(scope, limited, send)


async def _refuse(send: Any) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": b"This is too large to be sent here.\n"})
