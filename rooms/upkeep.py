import asyncio
import logging

from realtime.database import in_database
from rooms.services import retention

logger = logging.getLogger(__name__)

PRUNE_EVERY = 60  # seconds


async def keep_records() -> None:
    """Runs in every web process for as long as it lives."""
    while True:
        await asyncio.sleep(PRUNE_EVERY)
        try:
            await prune_records()
        except Exception:
            logger.exception("Records of meetings could not be pruned; trying again.")


async def prune_records() -> None:
    """One meeting at a time, so that sockets need not wait for all; one that fails does not keep the others."""
    for meeting_id in await in_database(retention.due):
        try:
            await in_database(retention.prune, meeting_id=meeting_id)
        except Exception:
            logger.exception("The record of meeting %s could not be pruned; trying again.", meeting_id)
