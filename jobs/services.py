from django.db import models, transaction

from audit.actions import Action
from audit.services import record
from jobs import queue
from jobs.models import Job


@transaction.atomic
def retry(*, job: Job, actor: models.Model) -> bool:
    """All tries anew for a job that was given up; False for another."""
    if not queue.again(job):
        return False
    record(action=Action.JOB_RETRIED, entity=job, actor=actor, job=job.task_path)
    return True
