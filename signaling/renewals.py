"""Renewals of this process's connections, written together; and who seems to have missed an event is told."""

import asyncio
import logging
from typing import NamedTuple, Optional
from uuid import UUID

from realtime.database import in_database
from realtime.envelope import write
from realtime.outbox import Outbox
from signaling.services import presence

logger = logging.getLogger(__name__)


class Renewal(NamedTuple):
    meeting_id: UUID
    seq: int
    outbox: Outbox


class Renewals:
    current: Optional["Renewals"] = None

    def __init__(self) -> None:
        self._renewed: dict[UUID, Renewal] = {}

    @classmethod
    def here(cls) -> "Renewals":
        cls.current = cls.current or cls()
        return cls.current

    def add(self, token: UUID, meeting_id: UUID, seq: int, outbox: Outbox) -> None:
        self._renewed[token] = Renewal(meeting_id, seq, outbox)

    async def flush(self) -> None:
        renewed, self._renewed = self._renewed, {}
        if not renewed:
            return
        await in_database(presence.renew, tokens=renewed)
        seqs = await in_database(presence.current_seq, {one.meeting_id for one in renewed.values()})
        for one in renewed.values():
            if one.seq < seqs.get(one.meeting_id, 0):
                one.outbox.put(write({"type": "snapshot.stale", "seq": seqs[one.meeting_id]}))


async def keep_presence() -> None:
    """Runs in every web process for as long as it lives."""
    while True:
        await asyncio.sleep(presence.SWEEP_EVERY.total_seconds())
        try:
            await Renewals.here().flush()
            await in_database(presence.sweep)
        except Exception:
            logger.exception("Presence could not be kept; trying again.")
