"""Work that is not done at once. It stands in the module `work` of the app it belongs to, where workers find it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from django_tasks import task
from django_tasks.base import Task

from jobs.backend import LEASE, MOST_ATTEMPTS

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Beat:
    call: Callable[[], object]
    seconds: int
    queue: str


PERIODIC: dict[str, Beat] = {}


def job(
    *, queue: str = "default", attempts: int = MOST_ATTEMPTS, lease: int = LEASE
) -> Callable[[Callable[P, T]], Task[P, T]]:
    """`call.enqueue(…)` writes a row in the caller's transaction; it is done at least once after the commit.

    Arguments are JSON, and ids only: operators read them. What raises is tried again, later each time, until
    `attempts` are used up. A try takes `lease` seconds at most.
    """
    return task(queue_name=queue, attempts=attempts, lease=lease)


def every(seconds: int, *, queue: str = "upkeep") -> Callable[[Callable[[], T]], Callable[[], T]]:
    """Calls it again and again, in one process at a time; one beat that takes longer than `seconds` delays the next."""

    def register(call: Callable[[], T]) -> Callable[[], T]:
        PERIODIC[f"{call.__module__}.{call.__qualname__}"] = Beat(call, seconds, queue)
        return call

    return register
