"""People of the cast on the sockets of a meeting."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from asgiref.sync import sync_to_async
from django.test import Client

from audit.models import AuditEntry
from rooms.models import Room
from tests.wire import Wire, wire


def call_of(room: Room) -> str:
    return f"/ws/rooms/{room.code}/"


def chat_of(call: Wire) -> str:
    """Where the chat of the meeting is that this socket has joined."""
    return f"/ws/chat/{call.snapshot['meeting']['id']}/"


@asynccontextmanager
async def in_call(room: Room, client: Client, **wish: Any) -> AsyncIterator[Wire]:
    async with wire(call_of(room), client) as one:
        answer = await one.join(**wish)
        assert answer["type"] == "done", answer
        yield one


@asynccontextmanager
async def in_chat(call: Wire, client: Client) -> AsyncIterator[Wire]:
    async with wire(chat_of(call), client) as one:
        answer = await one.ask("thread.join")
        assert answer["type"] == "done", answer
        one.you = answer["you"]
        yield one


def person(snapshot: dict[str, Any], name: str) -> dict[str, Any]:
    [found] = [one for one in snapshot["participants"] if one["name"] == name]
    return found


async def state_of(call: Wire) -> dict[str, Any]:
    """The meeting as the server describes it now."""
    return (await call.ask("meeting.resync"))["snapshot"]


@sync_to_async
def recorded(action: str) -> list[dict[str, Any]]:
    """What the audit trail says of every such deed, the latest first."""
    return list(AuditEntry.objects.filter(action=action).values_list("changes", flat=True))
