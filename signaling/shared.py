"""One reading for all who ask at the same time: a storm of joins costs a few snapshots, not one each."""

import asyncio
from typing import Any
from uuid import UUID

import msgspec

from realtime.database import in_database
from realtime.envelope import write
from rooms.snapshots import snapshot

_waiting: dict[UUID, asyncio.Task[msgspec.Raw]] = {}


async def shared_snapshot(meeting_id: UUID) -> msgspec.Raw:
    """The meeting's snapshot as JSON, read after this call began."""
    reading = _waiting.get(meeting_id)
    if reading is None or reading.get_loop() is not asyncio.get_running_loop():
        reading = _waiting[meeting_id] = asyncio.create_task(in_database(_read, meeting_id))
    return await asyncio.shield(reading)


def _read(meeting_id: UUID) -> msgspec.Raw:
    _waiting.pop(meeting_id, None)  # who asks from now on may need a newer one
    state: dict[str, Any] = snapshot(meeting_id)
    return msgspec.Raw(write(state).encode())
