"""One reading for all who ask at the same time: a storm of joins costs a few snapshots, not one each."""

import asyncio
from typing import NamedTuple
from uuid import UUID

import msgspec

from realtime.database import in_database
from realtime.envelope import write
from rooms import access
from rooms.models import Connection
from rooms.snapshots import snapshot


class Reading(NamedTuple):
    """A meeting's snapshot as JSON, and the connections that were its people's then."""

    state: msgspec.Raw
    tokens: frozenset[UUID]


_waiting: dict[UUID, asyncio.Task[Reading]] = {}


async def shared_snapshot(meeting_id: UUID) -> msgspec.Raw:
    """The meeting's snapshot, read after this call began."""
    return (await _shared(meeting_id)).state


async def snapshot_for(meeting_id: UUID, token: UUID) -> msgspec.Raw:
    """The same for a socket that has just begun to listen; refused where it is no longer the one of its seat."""
    reading = await _shared(meeting_id)
    if token not in reading.tokens:
        raise access.not_joined()
    return reading.state


async def _shared(meeting_id: UUID) -> Reading:
    reading = _waiting.get(meeting_id)
    if reading is None or reading.get_loop() is not asyncio.get_running_loop():
        reading = _waiting[meeting_id] = asyncio.create_task(in_database(_read, meeting_id))
    return await asyncio.shield(reading)


def _read(meeting_id: UUID) -> Reading:
    _waiting.pop(meeting_id, None)  # who asks from now on may need a newer one
    state = msgspec.Raw(write(snapshot(meeting_id)).encode())
    tokens = Connection.objects.filter(participant__meeting=meeting_id, is_open=True).values_list("token", flat=True)
    return Reading(state, frozenset(tokens))
