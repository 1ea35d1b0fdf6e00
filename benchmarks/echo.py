"""What fan-out is measured on: our consumer, hub and outboxes behind uvicorn, or bare `websockets`; no database.

`python -m benchmarks.echo ours` or `bare`. A socket that says `announce` makes one event for all.
"""

import asyncio
import os
import sys
from typing import Any

import uvicorn
import uvloop
from websockets.asyncio.server import ServerConnection, broadcast, serve

EVENT = (
    '{"type":"hand.raised","seq":1000,"participant":"01234567-89ab-cdef-0123-456789abcdef","at":"2026-01-01T12:00Z"}'
)
TOPIC = "meeting.benchmark"


async def bare(port: int) -> None:
    listeners: set[ServerConnection] = set()

    async def handler(connection: ServerConnection) -> None:
        listeners.add(connection)
        async for message in connection:
            if '"announce"' in str(message):
                broadcast(listeners, EVENT)
        listeners.discard(connection)

    async with serve(handler, "127.0.0.1", port, compression=None, backlog=4096, ping_interval=None):
        await asyncio.Event().wait()


def ours(port: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "meet.settings")
    import django

    django.setup()
    from meet.management.commands.serve import server_options
    from meet.management.listening import listening_socket

    options = server_options() | {"lifespan": "off", "ws_ping_interval": None}  # the load answers no pings
    uvicorn.Server(uvicorn.Config(application(), **options)).run([listening_socket("127.0.0.1", port)])


def application() -> Any:
    from realtime.commands import command
    from realtime.consumers import CommandConsumer
    from realtime.envelope import Payload
    from realtime.hub import Delivery, Hub

    delivery = Delivery(type="hub.deliver", topic=TOPIC, frame=EVENT, match={}, rest="", soon=False, close=0)

    class Announcements(CommandConsumer):
        @command("listen", before_join=True)
        async def listen(self, payload: Payload) -> None:
            await self.joined_topics(TOPIC)

        @command("announce", before_join=True)
        async def announce(self, payload: Payload) -> None:
            Hub.here().publish(delivery)

    return Announcements.as_asgi()


if __name__ == "__main__":
    if sys.argv[1] == "bare":
        uvloop.run(bare(int(os.environ["PORT"])))
    else:
        ours(int(os.environ["PORT"]))
