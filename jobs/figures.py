"""How the work goes, for operators."""

from datetime import datetime

from django.db.models import Count
from django.utils import timezone
from django_tasks_db.models import get_date_max

from jobs.models import Job, Periodic, State, Worker
from jobs.workers import GONE_AFTER


def by_state() -> dict[str, int]:
    counted = dict(Job.objects.order_by().values_list("status").annotate(Count("pk")))
    return {state: counted.get(state, 0) for state in State.values}


def longest_wait() -> float:
    """Seconds for which the oldest job has been due."""
    due = Job.objects.ready().order_by("enqueued_at").values_list("enqueued_at", "run_after")
    since = [enqueued_at if run_after == get_date_max() else run_after for enqueued_at, run_after in due[:1000]]
    return (timezone.now() - min(since)).total_seconds() if since else 0.0


def failures_of_periodic_jobs() -> dict[str, int]:
    return dict(Periodic.objects.values_list("name", "failures"))


def workers() -> int:
    """Those that are alive."""
    return Worker.objects.filter(seen_at__gte=timezone.now() - GONE_AFTER).count()


def last_work_at() -> datetime | None:
    began = Periodic.objects.exclude(started_at=None).order_by("-started_at")
    return began.values_list("started_at", flat=True).first()
