"""Background work without workers: what is due is done by who asks, at once."""

from collections.abc import Iterator

from django.conf import settings
from django.utils import timezone

from jobs import periodic, queue
from jobs.models import Periodic, Worker

WORKER = "the tests"
QUEUES = settings.TASKS["default"]["QUEUES"]


def do_what_is_due() -> int:
    """Every job that was enqueued for now, also by other jobs; how many there were."""
    count = 0
    for name in QUEUES:
        while (job := queue.claim(name, WORKER)) is not None:
            queue.perform(job)
            count += 1
    return count


def beat() -> list[str]:
    """Every periodic job that is due, once; their names."""
    Worker.objects.get_or_create(pk=WORKER, defaults={"seen_at": timezone.now()})
    periodic.enroll()
    return [one.name for name in QUEUES for one in _performed(name)]


def _performed(name: str) -> Iterator[Periodic]:
    while (found := periodic.claim(name, WORKER)) is not None:
        periodic.perform(found)
        yield found
