"""Who works, what waits to be done, and what is done again and again."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult


class Worker(models.Model):
    """A process that does jobs; who is not seen any more is deleted, see `workers`."""

    id = models.CharField(primary_key=True, max_length=64)
    started_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.id


class Periodic(models.Model):
    """A job that is done every few seconds, by whichever worker is first; `worker` is set while one does it."""

    name = models.CharField(primary_key=True, max_length=100)
    next_at = models.DateTimeField()
    worker = models.ForeignKey(Worker, null=True, on_delete=models.SET_NULL, related_name="+")
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    error = models.CharField(_("last error"), max_length=300, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("periodic job")

    def __str__(self) -> str:
        return self.name


class Job(DBTaskResult[..., Any]):
    """Work that was enqueued. `worker_ids` has one entry for each try."""

    class Meta:
        proxy = True
        ordering = ["-enqueued_at"]
        verbose_name = _("job")

    def __str__(self) -> str:
        return self.task_path

    @property
    def attempts(self) -> int:
        return len(self.worker_ids)

    @property
    def error(self) -> str:
        """Of the last try that failed, in one line."""
        return self.traceback


State = TaskResultStatus
