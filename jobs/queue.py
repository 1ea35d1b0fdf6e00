"""Enqueued work: claimed by one worker, tried again when it fails, put back when its worker is gone."""

import logging
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django_tasks_db.models import get_date_max
from django_tasks_db.utils import exclusive_transaction, retry

from jobs.backend import LEASE, MOST_ATTEMPTS, RetriedTask
from jobs.models import Job, State, Worker

logger = logging.getLogger(__name__)

FIRST_WAIT = timedelta(seconds=5)  # three times as long after each try
MARGIN = timedelta(minutes=1)  # a worker that is stuck ends by itself before


def due() -> set[str]:
    """The queues in which something waits."""
    return set(Job.objects.ready().order_by().values_list("queue_name", flat=True).distinct())


def claim(queue: str, worker: str) -> Job | None:
    """The next job that is due, for this worker alone."""
    waiting: Any = Job.objects.ready().filter(queue_name=queue).order_by("-priority", "run_after", "enqueued_at")
    if not waiting.exists():  # to claim takes SQLite's one write lock
        return None
    with exclusive_transaction():
        found: Job | None = waiting.get_locked()
        if found is not None:
            found.claim(worker)
    return found


def perform(job: Job) -> None:
    try:
        job.task.call(*job.args_kwargs["args"], **job.args_kwargs["kwargs"])
    except Exception as error:
        logger.exception("The job %s failed (try %d).", job.task_path, job.attempts)
        put_back(job, error)
    else:
        _settle(job, status=State.SUCCESSFUL, finished_at=timezone.now(), exception_class_path="", traceback="")


def put_back(job: Job, error: BaseException) -> None:
    """For another try, later; or given up."""
    said: dict[str, Any] = {
        "exception_class_path": f"{type(error).__module__}.{type(error).__qualname__}",
        "traceback": in_short(error),
    }
    if job.attempts < policy_of(job).attempts:
        later = timezone.now() + FIRST_WAIT * 3 ** (job.attempts - 1)
        _settle(job, status=State.READY, run_after=later, **said)
    else:
        logger.error("The job %s is given up after %d tries.", job.task_path, job.attempts)
        _settle(job, status=State.FAILED, finished_at=timezone.now(), **said)


def put_back_lost() -> None:
    """What belongs to no worker that is alive, or to one that has forgotten it."""
    running: list[Any] = list(Job.objects.filter(status=State.RUNNING))  # first: a worker is there before it claims
    alive = set(Worker.objects.values_list("pk", flat=True))
    for job in running:
        if job.worker_ids[-1] not in alive or _is_overdue(job):
            logger.warning("Nobody does the job %s any more.", job.task_path)
            put_back(job, WorkerGone("The worker ended while it did this."))


def _is_overdue(job: Job) -> bool:
    lease = timedelta(seconds=policy_of(job).lease)
    return job.started_at is not None and job.started_at + lease + MARGIN < timezone.now()


class WorkerGone(Exception):
    pass


def policy_of(job: Job) -> RetriedTask[..., Any]:
    """An unknown job may be one of a newer version, which runs beside this one."""
    try:
        task = job.task
    except ImportError:
        return RetriedTask(func=policy_of, attempts=MOST_ATTEMPTS, lease=LEASE)
    return task if isinstance(task, RetriedTask) else RetriedTask(func=task.func)


def again(job: Job) -> bool:
    """All tries anew for a job that was given up; False if it was not."""
    fresh = {"status": State.READY, "run_after": get_date_max(), "worker_ids": [], "finished_at": None}
    return bool(Job.objects.filter(pk=job.pk, status=State.FAILED).update(**fresh))


def in_short(error: BaseException) -> str:
    """The first line: after it PostgreSQL tells what is in the row."""
    first = next(iter(str(error).splitlines()), "")
    return f"{type(error).__name__}: {first}"[:300]


@retry()
def _settle(job: Job, **fields: Any) -> None:
    """Only while the try is this one: who was thought dead has nothing to say."""
    Job.objects.filter(pk=job.pk, status=State.RUNNING, started_at=job.started_at).update(**fields)
