"""What an operator sees of background work and does about it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import AuditEntry
from jobs.models import Job, Periodic
from meet.doctor import jobs as doctor
from tests.conftest import browser_of
from tests.jobs import deeds
from tests.jobs.deeds import daring
from tests.operator.test_metrics import TOKEN, scrape
from tests.work import do_what_is_due


@pytest.fixture
def operator(oscar):
    return browser_of(oscar)


@pytest.fixture
def given_up(db) -> Job:
    deeds.failing.append(OSError("The disk is full."))
    daring.enqueue("entity-1")
    do_what_is_due()
    deeds.failing.clear()
    return Job.objects.get()


def retry(operator, job: Job):
    return operator.post("/admin/jobs/job/", {"action": "retry", "_selected_action": [job.pk]}, follow=True)


def test_jobs_are_listed_filtered_and_opened(operator, given_up):
    for tail in ("", "?status=FAILED", f"{given_up.pk}/change/"):
        page = operator.get(f"/admin/jobs/job/{tail}")
        assert "tests.jobs.deeds.daring" in page.text and "OSError: The disk is full." in page.text
    assert "entity-1" in page.text
    assert "tests.jobs.deeds.daring" not in operator.get("/admin/jobs/job/?status=READY").text
    assert "django_tasks_database" not in operator.get("/admin/").text


def test_what_was_given_up_is_done_when_an_operator_says_so(operator, oscar, given_up, done):
    assert "1 job is tried again." in retry(operator, given_up).text
    do_what_is_due()
    assert (done, Job.objects.get().status, Job.objects.get().attempts) == (["entity-1"], "SUCCESSFUL", 1)
    entry = AuditEntry.objects.get(action="job.retried")
    assert (entry.actor_id, entry.changes) == (oscar.pk, {"job": "tests.jobs.deeds.daring"})


def test_what_is_done_is_not_done_again(operator, given_up, done):
    Job.objects.update(status="SUCCESSFUL")
    assert "0 jobs are tried again." in retry(operator, given_up).text
    assert do_what_is_due() == 0


def test_periodic_jobs_show_when_they_ran_and_what_went_wrong(operator, workers):
    Periodic.objects.create(name="rooms.work.remind", next_at=timezone.now(), failures=3, error="OSError: full")
    page = operator.get("/admin/jobs/periodic/").text
    assert "rooms.work.remind" in page and "OSError: full" in page
    assert "one" in operator.get("/admin/jobs/worker/").text


def test_the_overview_counts_what_waits_and_what_was_given_up(operator, given_up):
    daring.enqueue("entity-2")
    page = operator.get("/admin/overview/")
    [jobs, mail] = page.context["work"]
    assert (jobs["waiting"], jobs["failed"]) == (1, 1) and (mail["waiting"], mail["failed"]) == (0, 0)
    assert "/admin/jobs/job/?status=FAILED" in page.text


def test_prometheus_reads_how_the_work_goes(settings, given_up, workers):
    settings.METRICS_TOKEN = TOKEN
    daring.enqueue("entity-2")
    Job.objects.filter(status="READY").update(enqueued_at=timezone.now() - timedelta(minutes=5))
    Periodic.objects.create(name="rooms.work.remind", next_at=timezone.now(), failures=3)
    found = scrape()
    assert (found['meet_jobs{state="FAILED"}'], found['meet_jobs{state="READY"}']) == (1, 1)
    assert 299 < found["meet_jobs_longest_wait_seconds"] < 330 and found["meet_job_workers"] == 2
    assert found['meet_periodic_failures_total{job="rooms.work.remind"}'] == 3


def test_the_doctor_says_that_nobody_works_and_what_was_given_up(given_up):
    said = " ".join(found.said for found in doctor.check())
    assert "No worker has run" in said and "1 jobs were given up" in said


def test_the_doctor_is_content_with_workers(workers):
    assert [(found.state, found.said) for found in doctor.check()] == [("ok", "2 at work.")]
