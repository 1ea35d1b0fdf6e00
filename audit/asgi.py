from typing import Any

from audit import origin


class OriginOfChanges:
    """What a socket's commands change is recorded with the address and browser it came from."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        agent = dict(scope["headers"]).get(b"user-agent", b"").decode("latin-1")[:300]
        address = (scope.get("client") or [None])[0]
        with origin.of_changes(origin.Origin(address, agent)):
            await self._app(scope, receive, send)
