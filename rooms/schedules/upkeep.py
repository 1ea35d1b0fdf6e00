import asyncio
import logging

from realtime.database import in_database
from rooms.schedules import outbox, reminders

logger = logging.getLogger(__name__)

EVERY = 5  # seconds


async def keep_notices() -> None:
    """Runs in every web process for as long as it lives. What fails keeps nothing else from being done."""
    while True:
        await asyncio.sleep(EVERY)
        for step in (remind, tidy, deliver):
            try:
                await step()
            except Exception:
                logger.exception("Mail could not be kept going; trying again.")


async def remind() -> None:
    await in_database(reminders.write_due)


async def tidy() -> None:
    await in_database(outbox.tidy)


async def deliver() -> None:
    """Everything that is due. A mail server may take its time, so sending keeps off the sockets' thread."""
    while (notice := await in_database(outbox.claim)) is not None:
        sent = await asyncio.to_thread(outbox.send, notice)
        await in_database(outbox.settle, notice, sent=sent)
