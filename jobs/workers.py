"""A worker: a thread for each queue, so that a slow mail server keeps nothing but mail waiting.

A worker that is alive has a row which it renews. Without one it is gone, and what it did is done by another.
"""

import logging
import os
import socket
import threading
import time
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import OperationalError, close_old_connections, connection, connections
from django.utils import timezone
from django.utils.crypto import get_random_string

from jobs import periodic, queue
from jobs.backend import LEASE
from jobs.models import Worker

logger = logging.getLogger(__name__)

LOOKS_EVERY = 0.4  # seconds
BEATS_EVERY = 5  # seconds
GONE_AFTER = timedelta(seconds=30)
PATIENCE = 4  # seconds for what is being done when the worker shall end


@dataclass(slots=True)
class Doing:
    what: str
    until: float  # of time.monotonic


class Lane(threading.Thread):
    """Does the jobs of one queue, one after the other. What goes wrong besides the jobs themselves ends the worker."""

    def __init__(self, queue_name: str, worker: str, stopping: threading.Event) -> None:
        super().__init__(name=queue_name, daemon=True)
        self._queue, self._worker, self._stopping = queue_name, worker, stopping
        self.doing: Doing | None = None
        self.broke = False

    def run(self) -> None:
        try:
            while not self._stopping.is_set():
                if not self.step():
                    self._stopping.wait(LOOKS_EVERY)
        except Exception:
            logger.exception("The queue %s cannot be worked on; starting again.", self._queue)
            self.broke = True
            self._stopping.set()
        finally:
            connections.close_all()

    def step(self) -> bool:
        """One job, if there is any."""
        _sound_connection()
        try:
            beat = periodic.claim(self._queue, self._worker)
            job = queue.claim(self._queue, self._worker) if beat is None else None
        except OperationalError as error:  # SQLite is busy, PostgreSQL restarts: nothing was claimed
            logger.warning("The queue %s cannot be read: %s", self._queue, error)
            return False
        if beat is not None:
            self.doing = Doing(beat.name, time.monotonic() + LEASE)
            periodic.perform(beat)
        elif job is not None:
            self.doing = Doing(job.task_path, time.monotonic() + queue.policy_of(job).lease)
            queue.perform(job)
        self.doing = None
        return bool(beat or job)


class WorkerProcess:
    def __init__(self) -> None:
        self.id = f"{socket.gethostname()[:40]}-{os.getpid()}-{get_random_string(6)}"
        self.stopping = threading.Event()
        queues = settings.TASKS["default"]["QUEUES"]
        self._lanes = [Lane(name, self.id, self.stopping) for name in queues]

    def run(self) -> bool:
        """Until `stopping` is set; False if the worker could not go on."""
        beat(self.id)
        periodic.enroll()
        for lane in self._lanes:
            lane.start()
        while not self.stopping.wait(BEATS_EVERY) and not self._overdue():
            try:
                _sound_connection()
                beat(self.id)
            except OperationalError as error:
                logger.warning("The worker cannot say that it is alive: %s", error)
        return self._end()

    def _overdue(self) -> bool:
        doing = [one for lane in self._lanes if (one := lane.doing) is not None]
        stuck = [one for one in doing if one.until < time.monotonic()]
        for one in stuck:
            logger.error("%s takes longer than it may; the worker ends.", one.what)
        return bool(stuck)

    def _end(self) -> bool:
        """What does not end in time is put back at once, for another worker."""
        overdue = self._overdue()
        self.stopping.set()
        deadline = time.monotonic() + PATIENCE
        for lane in self._lanes:
            lane.join(max(0.0, deadline - time.monotonic()))
        leave(self.id)
        return not overdue and not any(lane.broke for lane in self._lanes)


def beat(worker: str) -> None:
    now = timezone.now()
    Worker.objects.update_or_create(pk=worker, defaults={"seen_at": now})
    Worker.objects.filter(seen_at__lt=now - GONE_AFTER).delete()
    _free_what_is_lost()


def leave(worker: str) -> None:
    Worker.objects.filter(pk=worker).delete()
    _free_what_is_lost()


def _free_what_is_lost() -> None:
    queue.put_back_lost()
    periodic.free_lost()


def _sound_connection() -> None:
    # To open SQLite's file anew for every look costs more than the look; a pool takes its connection back.
    if connection.vendor != "sqlite" or connection.errors_occurred:
        close_old_connections()
