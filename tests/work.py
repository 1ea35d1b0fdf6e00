"""Background work without workers: what is due is done by who asks, at once."""

from django.conf import settings

from jobs import periodic, queue
from jobs.decorators import PERIODIC


def do_what_is_due() -> int:
    """Every job that was enqueued for now, also by other jobs; how many there were."""
    count = 0
    for name in settings.TASKS["default"]["QUEUES"]:
        while (job := queue.claim(name, "the tests")) is not None:
            queue.perform(job)
            count += 1
    return count


def beat() -> list[str]:
    """Every periodic job that is due, once; their names."""
    assert PERIODIC
    periodic.enroll()
    claimed = [one for name in settings.TASKS["default"]["QUEUES"] for one in iter(lambda n=name: claim(n), None)]
    return [one.name for one in claimed]


def claim(queue_name: str):
    found = periodic.claim(queue_name, None)
    if found is not None:
        periodic.perform(found)
    return found
