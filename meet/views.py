"""The front door, and what a load balancer asks."""

import asyncio
import contextlib
import secrets

from asgiref.sync import async_to_sync
from channels.layers import BaseChannelLayer, get_channel_layer
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

LAYER_PATIENCE = 2  # seconds


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "home.html")


@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 while everything that a meeting needs answers, else 503 with the names of what does not."""
    checks = {
        "database": _ask_database,
        "cache": _ask_cache,
        "channel_layer": async_to_sync(_ask_channel_layer),
    }
    failed = []
    for name, ask in checks.items():
        try:
            ask()
        except Exception:  # noqa: BLE001 - whatever a driver raises, the answer is that it does not work.
            failed.append(name)
    return JsonResponse({"ready": not failed, "failed": failed}, status=503 if failed else 200)


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_cache() -> None:
    key, value = f"ready:{secrets.token_hex(8)}", secrets.token_hex(8)
    cache.set(key, value, timeout=10)
    if cache.get(key) != value:
        raise RuntimeError("The cache forgets.")
    cache.delete(key)


async def _ask_channel_layer() -> None:
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
