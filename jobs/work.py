from datetime import timedelta

from django.utils import timezone

from jobs.decorators import every
from jobs.models import Job, State

DONE_KEPT = timedelta(days=1)
FAILED_KEPT = timedelta(days=30)


@every(3600)
def forget_old_jobs() -> None:
    now = timezone.now()
    Job.objects.filter(status=State.SUCCESSFUL, finished_at__lt=now - DONE_KEPT).delete()
    Job.objects.filter(status=State.FAILED, finished_at__lt=now - FAILED_KEPT).delete()
