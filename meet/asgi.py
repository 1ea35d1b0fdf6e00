"""Where HTTP, sockets and the process's own life meet."""

import asyncio
import gc
import os
from typing import Any

import django
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.urls import re_path
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "meet.settings")
django.setup(set_prefix=False)  # before anything that imports models

from audit.asgi import OriginOfChanges  # noqa: E402
from audit.upkeep import keep_sealed  # noqa: E402
from bookings.door.routing import websocket_urlpatterns as door_sockets  # noqa: E402
from chat.routing import websocket_urlpatterns as chat_sockets  # noqa: E402
from meet.bodies import BodyLimit  # noqa: E402
from meet.handler import Handler  # noqa: E402
from meet.request_ids import RequestIds  # noqa: E402
from meet.storage import with_static_files  # noqa: E402
from realtime.hub import running_hub  # noqa: E402
from signaling.relays import keep_relays  # noqa: E402
from signaling.renewals import keep_presence  # noqa: E402
from signaling.routing import websocket_urlpatterns as call_sockets  # noqa: E402


async def no_such_socket(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.close", "code": 4404})


async def lifespan(scope: Any, receive: Any, send: Any) -> None:
    """ASGI lifespan: the hub and what needs upkeep live as long as the process."""
    await receive()
    async with running_hub():
        upkeep = [asyncio.create_task(keep()) for keep in KEPT]
        gc.freeze()  # what was loaded stays; to look through it again and again stops everybody for 0.1 s
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for task in upkeep:
            task.cancel()
    await send({"type": "lifespan.shutdown.complete"})


KEPT = (keep_presence, keep_sealed, keep_relays)
sockets = URLRouter([*call_sockets, *chat_sockets, *door_sockets, re_path("", no_such_socket)])  # type: ignore[arg-type]
router = ProtocolTypeRouter(
    {"http": with_static_files(BodyLimit(Handler())), "websocket": OriginOfChanges(sockets), "lifespan": lifespan}
)


def behind(trusted: str, app: Any) -> Any:
    """The application as seen through these proxies: addresses and schemes are theirs to say, and ids of requests."""
    if not trusted:
        return RequestIds(app, frozenset())
    proxies = ProxyHeadersMiddleware(app, trusted_hosts=trusted)
    return RequestIds(proxies, proxies.trusted_hosts)


application = behind(settings.TRUSTED_PROXIES, router)
