"""What a meeting needs, asked for real: each function returns when it works and raises when it does not."""

import asyncio
import contextlib
import secrets

from asgiref.sync import async_to_sync
from channels.layers import BaseChannelLayer, get_channel_layer
from django.core.cache import cache
from django.db import connection

from realtime.hub import Hub

LAYER_PATIENCE = 2  # seconds


def ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def ask_cache() -> None:
    key, value = f"ready:{secrets.token_hex(8)}", secrets.token_hex(8)
    cache.set(key, value, timeout=10)
    if cache.get(key) != value:
        raise RuntimeError("The cache forgets.")
    cache.delete(key)


def ask_channel_layer() -> None:
    """On the server's loop, where there is one."""
    hub = Hub.running()
    if hub is not None:
        asyncio.run_coroutine_threadsafe(_exchange(), hub.loop).result()
    else:
        async_to_sync(_exchange)()


async def _exchange() -> None:
    layer = get_channel_layer()
    if layer is None:
        raise RuntimeError("There is no channel layer.")
    async with asyncio.timeout(LAYER_PATIENCE):
        channel = await layer.new_channel()
        await layer.send(channel, {"type": "ready"})
        await layer.receive(channel)
    await _give_back(layer, channel)


async def _give_back(layer: BaseChannelLayer, channel: str) -> None:
    """A layer drops a channel when its reader is cancelled; without this every check leaves one behind."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(layer.receive(channel), timeout=0.01)
