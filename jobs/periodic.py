"""Work that is done again and again: each beat by whoever moves the row's `next_at` on."""

import logging
from datetime import timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone
from django_tasks_db.utils import retry

from jobs.backend import LEASE
from jobs.decorators import PERIODIC
from jobs.models import Periodic
from jobs.queue import MARGIN, in_short

logger = logging.getLogger(__name__)


def enroll() -> None:
    """A row for each job that this version knows; one that has become more frequent does not wait its old time.

    One that nobody has done for a day is of no version any more.
    """
    now = timezone.now()
    Periodic.objects.exclude(name__in=PERIODIC).filter(next_at__lt=now - timedelta(days=1)).delete()
    Periodic.objects.bulk_create((Periodic(name=name, next_at=now) for name in PERIODIC), ignore_conflicts=True)
    for name, beat in PERIODIC.items():
        latest = now + timedelta(seconds=beat.seconds)
        Periodic.objects.filter(name=name, next_at__gt=latest).update(next_at=latest)


def due() -> set[str]:
    """The queues in which something waits."""
    names = Periodic.objects.filter(next_at__lte=timezone.now(), worker=None).values_list("name", flat=True)
    return {PERIODIC[name].queue for name in names if name in PERIODIC}


def claim(queue: str, worker: str) -> Periodic | None:
    """One that is due, for this worker alone, until it is done or the worker is gone."""
    now = timezone.now()
    names = [name for name, beat in PERIODIC.items() if beat.queue == queue]
    waiting = Periodic.objects.filter(name__in=names, next_at__lte=now, worker=None)
    for found in waiting.order_by("next_at"):
        next_at = now + timedelta(seconds=PERIODIC[found.name].seconds)
        if waiting.filter(pk=found.pk).update(worker=worker, started_at=now, next_at=next_at):
            found.worker_id, found.started_at = worker, now
            return found
    return None


def free_lost() -> None:
    """A worker that is gone frees its own; this is for what one that is alive has forgotten."""
    before = timezone.now() - timedelta(seconds=LEASE) - MARGIN
    Periodic.objects.filter(worker__isnull=False, started_at__lt=before).update(worker=None)


def perform(found: Periodic) -> None:
    try:
        PERIODIC[found.name].call()
    except Exception as error:
        logger.exception("The periodic job %s failed.", found.name)
        _settle(found, failures=F("failures") + 1, error=in_short(error))
    else:
        _settle(found, error="")


@retry()
def _settle(found: Periodic, **fields: Any) -> None:
    mine = Periodic.objects.filter(pk=found.pk, worker=found.worker_id, started_at=found.started_at)
    mine.update(worker=None, ended_at=timezone.now(), **fields)
