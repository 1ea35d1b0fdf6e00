"""What is done again and again is done by one process at a time, and does not pile up."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections
from django.utils import timezone

from jobs import periodic
from jobs.decorators import PERIODIC, every
from jobs.models import Periodic
from jobs.workers import beat
from tests import work
from tests.jobs import deeds

NAME = f"{__name__}.sweep"


def sweep() -> None:
    deeds.deed.call("sweep")


@pytest.fixture
def swept(monkeypatch) -> str:
    """A periodic job, every 60 seconds, and no other."""
    for name in list(PERIODIC):
        monkeypatch.delitem(PERIODIC, name)
    monkeypatch.setitem(PERIODIC, NAME, None)  # so that it is gone afterwards
    every(60)(sweep)
    return NAME


def passed(**time: int) -> None:
    Periodic.objects.update(next_at=timezone.now() - timedelta(**time))


def test_it_is_done_at_once_and_then_each_time(db, swept, done):
    assert work.beat() == [swept] and work.beat() == []
    passed(seconds=1)
    assert work.beat() == [swept]
    assert done == ["sweep", "sweep"]
    row = Periodic.objects.get()
    assert row.worker is None and row.ended_at >= row.started_at
    assert timedelta(seconds=55) < row.next_at - timezone.now() <= timedelta(seconds=60)


def test_after_a_long_stop_it_is_done_once(db, swept, done):
    work.beat()
    passed(days=3)
    assert work.beat() == [swept] and work.beat() == []


def test_while_one_does_it_another_does_not(workers, swept):
    periodic.enroll()
    assert periodic.claim("upkeep", "one") is not None
    passed(seconds=1)  # it takes longer than its time
    assert periodic.claim("upkeep", "two") is None


@pytest.mark.django_db(transaction=True)
def test_of_workers_that_are_there_at_once_one_does_it(workers, swept):
    periodic.enroll()
    together = Barrier(2)

    def worker(name: str) -> bool:
        together.wait(timeout=10)
        try:
            return periodic.claim("upkeep", name) is not None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(worker, workers)) == [False, True]


def test_a_failure_is_counted_said_and_over_with_the_next(db, swept, caplog):
    deeds.failing.append(OSError("The disk is full."))
    work.beat()
    row = Periodic.objects.get()
    assert (row.failures, row.error, row.worker) == (1, "OSError: The disk is full.", None)
    assert "failed" in caplog.text
    deeds.failing.clear()
    passed(seconds=1)
    work.beat()
    assert (Periodic.objects.get().failures, Periodic.objects.get().error) == (1, "")


def test_what_a_dying_worker_did_is_done_by_another(workers, dies, swept):
    periodic.enroll()
    periodic.claim("upkeep", "one")
    dies("one")
    passed(seconds=1)
    beat("two")
    assert periodic.claim("upkeep", "two") is not None


def test_what_a_worker_has_forgotten_is_done_again(workers, swept):
    periodic.enroll()
    periodic.claim("upkeep", "one")
    Periodic.objects.update(started_at=timezone.now() - timedelta(minutes=7), next_at=timezone.now())
    beat("one")
    assert periodic.claim("upkeep", "one") is not None


def test_a_new_version_brings_its_own_jobs_and_times(db, swept):
    Periodic.objects.create(name="old.work", next_at=timezone.now() - timedelta(days=2))
    Periodic.objects.create(name="newer.work", next_at=timezone.now())
    Periodic.objects.create(name=swept, next_at=timezone.now() + timedelta(days=1))
    periodic.enroll()
    assert {row.name for row in Periodic.objects.all()} == {swept, "newer.work"}
    assert Periodic.objects.get(name=swept).next_at - timezone.now() <= timedelta(seconds=60)
