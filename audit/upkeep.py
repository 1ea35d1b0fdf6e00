import asyncio
import logging

from audit.chain import seal
from realtime.database import in_database

logger = logging.getLogger(__name__)

SEAL_EVERY = 5  # seconds


async def keep_sealed() -> None:
    """Runs in every web process for as long as it lives."""
    while True:
        await asyncio.sleep(SEAL_EVERY)
        try:
            await in_database(seal)
        except Exception:
            logger.exception("The audit trail could not be sealed; trying again.")
