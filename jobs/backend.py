"""How django-tasks keeps our jobs: as rows, each with its number of tries and its longest time."""

from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from django_tasks.base import Task
from django_tasks_db import DatabaseBackend

P = ParamSpec("P")
T = TypeVar("T")

MOST_ATTEMPTS = 8
LEASE = 300  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class RetriedTask(Task[P, T]):
    """`lease`: seconds a try may take, after which the worker that is stuck in it ends."""

    attempts: int = MOST_ATTEMPTS
    lease: int = LEASE


class RetryingBackend(DatabaseBackend):
    task_class = RetriedTask
