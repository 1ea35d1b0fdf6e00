"""A worker as it runs, with a thread for each queue."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connections

from jobs import queue, workers
from jobs.models import Job, Periodic, Worker
from jobs.workers import WorkerProcess
from tests.jobs import deeds
from tests.jobs.deeds import deed, slow, stuck
from tests.services import eventually

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def at_work() -> Iterator[WorkerProcess]:
    worker = WorkerProcess()

    def run() -> bool:
        try:
            return worker.run()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        worker.ended = pool.submit(run)
        try:
            yield worker
        finally:
            worker.stopping.set()
            deeds.may_end.set()
            worker.ended.result(timeout=20)


def test_it_does_what_is_enqueued_while_it_runs_and_signs_off(done):
    with at_work() as worker:
        eventually(Worker.objects.exists, "it does not say that it is there")
        deed.enqueue("one")
        eventually(lambda: done == ["one"], "nobody did it")
        eventually(Periodic.objects.filter(ended_at__isnull=False).exists, "no periodic job was done")
    assert worker.ended.result() is True and not Worker.objects.exists()


def test_a_slow_mail_server_keeps_nothing_else_waiting(done):
    with at_work():
        slow.enqueue()
        assert deeds.began.wait(timeout=10)
        deed.enqueue("one")
        eventually(lambda: done == ["one"], "it waits for the other queue")
        assert Job.objects.get(task_path__endswith=".slow").status == "RUNNING"


def test_a_worker_that_is_stuck_ends_and_its_job_is_put_back(monkeypatch, caplog):
    monkeypatch.setattr(workers, "PATIENCE", 0.1)
    stuck.enqueue()
    with at_work() as worker:
        assert deeds.began.wait(timeout=10)
        assert worker.ended.result(timeout=20) is False
        job = Job.objects.get(task_path__endswith=".stuck")
        assert (job.status, job.attempts) == ("READY", 1)
    assert "takes longer than it may" in caplog.text


def test_a_database_that_is_busy_is_asked_again(monkeypatch, done, caplog):
    claim, busy = queue.claim, [OperationalError("database is locked")] * 3

    def claim_later(*args):
        if busy:
            raise busy.pop()
        return claim(*args)

    monkeypatch.setattr(queue, "claim", claim_later)
    deed.enqueue("one")
    with at_work():
        eventually(lambda: done == ["one"], "nobody did it")
    assert "cannot be read: database is locked" in caplog.text


@pytest.mark.parametrize("error", [RuntimeError, SystemExit])
def test_a_worker_that_cannot_go_on_ends(monkeypatch, error):
    def broken(*args):
        raise error

    monkeypatch.setattr(queue, "claim", broken)
    with at_work() as worker:
        assert worker.ended.result(timeout=20) is False
    assert not Worker.objects.exists()
