"""What is enqueued is done once if all goes well, again if not, and never for a change that was rolled back."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections, transaction
from django.utils import timezone

from jobs import queue
from jobs.models import Job, Worker
from jobs.work import forget_old_jobs
from jobs.workers import beat
from tests.jobs import deeds
from tests.jobs.deeds import daring, deed
from tests.work import do_what_is_due


def waited() -> None:
    Job.objects.filter(status="READY").update(run_after=timezone.now())


def test_it_is_done_once(db, done):
    deed.enqueue("one")
    deed.enqueue("two")
    assert do_what_is_due() == 2 and do_what_is_due() == 0
    assert done == ["one", "two"]
    assert {(job.status, job.attempts) for job in Job.objects.all()} == {("SUCCESSFUL", 1)}


def test_what_is_rolled_back_is_not_done(db, done):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        deed.enqueue("never")
        raise ZeroDivisionError
    assert do_what_is_due() == 0 and done == []


def test_what_fails_is_tried_again_later_each_time_and_then_given_up(db, done, caplog):
    deeds.failing.append(ConnectionResetError("gone"))
    deed.enqueue("one")
    waits = []
    for _ in range(2):
        do_what_is_due()
        job = Job.objects.get()
        assert (job.status, job.error) == ("READY", "ConnectionResetError: gone")
        waits.append(round((job.run_after - timezone.now()).total_seconds()))
        assert do_what_is_due() == 0  # not before its time
        waited()
    assert waits == [5, 15]
    do_what_is_due()
    assert (Job.objects.get().status, Job.objects.get().attempts) == ("FAILED", 3)
    assert "given up after 3 tries" in caplog.text


def test_a_second_try_may_go_well(db, done):
    deeds.failing.append(ConnectionResetError())
    deed.enqueue("one")
    do_what_is_due()
    deeds.failing.clear()
    waited()
    do_what_is_due()
    assert (Job.objects.get().status, Job.objects.get().error, done) == ("SUCCESSFUL", "", ["one"])


def test_what_may_be_tried_once_is_tried_once(db):
    deeds.failing.append(ConnectionResetError())
    daring.enqueue("one")
    do_what_is_due()
    assert (Job.objects.get().status, Job.objects.get().attempts) == ("FAILED", 1)


def test_an_error_is_told_without_the_rows_in_it(db):
    deeds.failing.append(ValueError("duplicate key\nDETAIL: Key (code)=(abcd-efghj-kmnop) already exists."))
    deed.enqueue("one")
    do_what_is_due()
    assert Job.objects.get().error == "ValueError: duplicate key"


def test_work_of_a_newer_version_waits_for_one_that_knows_it(db):
    deed.enqueue("one")
    Job.objects.update(task_path="tests.jobs.deeds.not_yet")
    do_what_is_due()
    assert Job.objects.get().status == "READY"


def test_each_queue_has_its_own(workers):
    daring.enqueue("mail")
    assert queue.claim("default", "one") is None
    assert queue.claim("mail", "one") is not None


@pytest.mark.django_db(transaction=True)
def test_workers_that_claim_at_once_claim_each_job_once():
    for number in range(20):
        deed.enqueue(str(number))
    together = Barrier(4)

    def worker(number: int) -> list[str]:
        together.wait(timeout=10)
        try:
            return [str(job.pk) for job in iter(lambda: queue.claim("default", str(number)), None)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as workers:
        claimed = Counter(job for one in workers.map(worker, range(4)) for job in one)
    assert len(claimed) + Job.objects.filter(status="READY").count() == 20
    assert set(claimed.values()) == {1} and {job.attempts for job in Job.objects.filter(status="RUNNING")} == {1}


def test_the_job_of_a_worker_that_died_is_done_by_another(workers, dies, done):
    deed.enqueue("one")
    queue.claim("default", "one")
    beat("two")
    assert Job.objects.get().status == "RUNNING"  # it may still be at it
    dies("one")
    beat("two")
    waited()
    do_what_is_due()
    assert (done, Job.objects.get().attempts) == (["one"], 2)


def test_a_job_that_kills_its_workers_is_given_up(workers, dies):
    deed.enqueue("one")
    for _ in range(3):
        waited()
        Worker.objects.update_or_create(pk="one", defaults={"seen_at": timezone.now()})
        assert queue.claim("default", "one") is not None
        dies("one")
        beat("two")
    assert (Job.objects.get().status, Job.objects.get().error.split(":")[0]) == ("FAILED", "WorkerGone")


def test_a_job_that_its_worker_has_forgotten_is_put_back(workers):
    deed.enqueue("one")
    queue.claim("default", "one")
    Job.objects.update(started_at=timezone.now() - timedelta(minutes=7))
    beat("one")
    assert Job.objects.get().status == "READY"


def test_who_was_thought_dead_has_nothing_to_say(workers, dies, done):
    deed.enqueue("one")
    late = queue.claim("default", "one")
    dies("one")
    beat("two")
    waited()
    assert late is not None and queue.claim("default", "two") is not None
    deeds.failing.append(ConnectionResetError())
    queue.perform(late)
    assert Job.objects.get().status == "RUNNING"  # with the other


@pytest.mark.parametrize(("state", "days", "kept"), [("SUCCESSFUL", 2, 0), ("FAILED", 2, 1), ("FAILED", 31, 0)])
def test_what_is_done_is_forgotten_after_some_days(db, state, days, kept):
    deed.enqueue("waits")
    deed.enqueue("one")
    one = Job.objects.order_by("enqueued_at").last()
    Job.objects.filter(pk=one.pk).update(status=state, finished_at=timezone.now() - timedelta(days=days))
    forget_old_jobs()
    assert Job.objects.count() == 1 + kept
