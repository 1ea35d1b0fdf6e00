import logging

from jobs.decorators import every
from rooms.schedules import reminders
from rooms.services import retention

logger = logging.getLogger(__name__)


@every(5)
def remind() -> None:
    reminders.write_due()


@every(60)
def prune_records() -> None:
    """One meeting at a time; one that fails does not keep the others."""
    for meeting_id in retention.due():
        try:
            retention.prune(meeting_id=meeting_id)
        except Exception:
            logger.exception("The record of meeting %s could not be pruned; trying again.", meeting_id)
