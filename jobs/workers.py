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
        self.called = threading.Event()
        self.doing: Doing | None = None
        self.broke = False

    def run(self) -> None:
        try:
            while not self._stopping.is_set():
                self.called.wait()
                self.called.clear()
                while not self._stopping.is_set() and self.step():
                    pass
        except BaseException:
            logger.exception("The queue %s cannot be worked on; the worker ends.", self._queue)
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
        except OperationalError as error:  # nothing was claimed
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
        self._lanes = {name: Lane(name, self.id, self.stopping) for name in queues}
        self._next_beat = 0.0

    def run(self) -> bool:
        """Until `stopping` is set; False if the worker could not go on."""
        self._beat()
        periodic.enroll()
        for lane in self._lanes.values():
            lane.start()
        stuck: list[str] = []
        while not self.stopping.wait(LOOKS_EVERY) and not (stuck := self._stuck()):
            try:
                self._look()
            except OperationalError as error:  # SQLite is busy, PostgreSQL restarts
                logger.warning("The worker cannot look for work: %s", error)
        for what in stuck:
            logger.error("%s takes longer than it may; the worker ends.", what)
        self._end()
        return not stuck and not any(lane.broke for lane in self._lanes.values())

    def _look(self) -> None:
        """One look for all queues, since most find nothing."""
        _sound_connection()
        if self._next_beat <= time.monotonic():
            self._beat()
        for name in queue.due() | periodic.due():
            if name in self._lanes:
                self._lanes[name].called.set()

    def _beat(self) -> None:
        beat(self.id)
        self._next_beat = time.monotonic() + BEATS_EVERY

    def _stuck(self) -> list[str]:
        doing = [one for lane in self._lanes.values() if (one := lane.doing) is not None]
        return [one.what for one in doing if one.until < time.monotonic()]

    def _end(self) -> None:
        """What does not end in time is put back at once, for another worker."""
        self.stopping.set()
        deadline = time.monotonic() + PATIENCE
        for lane in self._lanes.values():
            lane.called.set()
            lane.join(max(0.0, deadline - time.monotonic()))
        leave(self.id)


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
