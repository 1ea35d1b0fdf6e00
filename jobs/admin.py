"""What operators see of background work. Arguments are ids, errors one line: no secrets."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_tasks_db import admin as of_the_library  # noqa: F401 - has registered its own before it is taken back
from django_tasks_db.models import DBTaskResult, get_date_max

from audit.readonly import ReadOnly
from jobs import services
from jobs.models import Job, Periodic, Worker

admin.site.unregister(DBTaskResult)


@admin.register(Job)
class JobAdmin(ReadOnly):
    list_display = ["task_path", "status", "tries", "enqueued_at", "started_at", "finished_at", "failure"]
    list_filter = ["status", "queue_name", "enqueued_at"]
    search_fields = ["id", "task_path"]
    fields = [
        "id",
        "task_path",
        "status",
        "tries",
        "enqueued_at",
        "next_try",
        "started_at",
        "finished_at",
        "failure",
        "queue_name",
        "arguments",
        "worker_ids",
    ]
    readonly_fields = ["tries", "next_try", "failure", "arguments"]
    actions = ["retry"]

    @admin.display(description=_("tries"))
    def tries(self, job: Job) -> int:
        return job.attempts

    @admin.display(description=_("not before"), empty_value="-")
    def next_try(self, job: Job) -> datetime | None:
        return None if job.run_after == get_date_max() else job.run_after

    @admin.display(description=_("last error"))
    def failure(self, job: Job) -> str:
        return job.error

    @admin.display(description=_("arguments"))
    def arguments(self, job: Job) -> str:
        return ", ".join(map(str, [*job.args_kwargs["args"], *job.args_kwargs["kwargs"].values()]))

    @admin.action(description=_("Retry"), permissions=["retry"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        count = sum(services.retry(job=job, actor=request.user) for job in queryset)  # type: ignore[arg-type]
        said = ngettext("%(count)d job is tried again.", "%(count)d jobs are tried again.", count)
        messages.success(request, said % {"count": count})

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("jobs.change_job")


@admin.register(Periodic)
class PeriodicAdmin(ReadOnly):
    list_display = ["name", "started_at", "ended_at", "next_at", "failures", "error", "worker"]


@admin.register(Worker)
class WorkerAdmin(ReadOnly):
    list_display = ["id", "started_at", "seen_at"]
