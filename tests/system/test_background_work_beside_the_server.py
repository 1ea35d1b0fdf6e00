"""Workers live as long as their server, and what is to be done survives both."""

import os
import signal
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from http.cookiejar import CookieJar

import pytest
from django.utils import timezone

from jobs.models import Job, Worker
from mail.models import Mail
from mail.services import Letter, post
from tests.schedules.plans import scheduled, soon
from tests.server import Server, is_job_worker
from tests.services import eventually
from tests.system.mailbox import Mailbox, open_mailbox

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with open_mailbox() as box:
        yield box


@pytest.fixture
def working(start_server, mailbox):
    return lambda: start_server(JOB_WORKERS="1", RELAY_WORKERS="0", EMAIL_URL=mailbox.url)


def worker_of(server: Server) -> int:
    """That has begun."""
    eventually(Worker.objects.exists, f"no worker was started:\n{server.written()}")
    [worker] = server.job_workers()
    return worker


def write_to(address: str) -> None:
    post(letters=[Letter(to=address, subject="News", text="There are some.")], kind="NEWS")


def ask_for_a_new_password(server: Server, email: str) -> None:
    """As a browser does it."""
    cookies = CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
    page = f"{server.url}/accounts/password/reset/"
    browser.open(page, timeout=10).close()
    [token] = [one.value for one in cookies if one.name == "csrftoken"]
    form = urllib.parse.urlencode({"email": email, "csrfmiddlewaretoken": token})
    browser.open(page, form.encode(), timeout=10).close()


def test_mail_leaves_while_the_server_runs(working, mailbox):
    worker_of(working())
    write_to("bob@example.org")
    eventually(lambda: mailbox.received, "nobody sent it")
    assert [one["To"] for one in mailbox.received] == ["bob@example.org"]
    eventually(Mail.objects.filter(state="SENT", attempts=1).exists, "it is not noted")


def test_a_server_that_dies_between_writing_and_sending_sends_once_when_it_is_back(
    working, start_server, mailbox, alice
):
    server = start_server(JOB_WORKERS="0", RELAY_WORKERS="0", EMAIL_URL=mailbox.url)  # a worker would be too quick
    ask_for_a_new_password(server, alice.email)
    server.kill()
    assert Mail.objects.get().state == "PENDING" and mailbox.received == []
    working()
    eventually(Mail.objects.filter(state="SENT").exists, "it was lost")
    eventually(lambda: not Job.objects.exclude(status="SUCCESSFUL").exists(), "something is still to be done")
    assert [one["To"] for one in mailbox.received] == [alice.email] and Mail.objects.get().attempts == 1


def test_what_a_killed_worker_was_doing_is_done_by_the_next(working, mailbox):
    server = working()
    worker = worker_of(server)
    mailbox.answers.clear()
    write_to("bob@example.org")
    assert mailbox.asked.wait(timeout=20)
    os.kill(worker, signal.SIGKILL)
    mailbox.answers.set()
    eventually(lambda: Worker.objects.count() == 2, "nobody follows")
    long_ago = timezone.now() - timedelta(minutes=3)
    Worker.objects.filter(pk__contains=f"-{worker}-").update(seen_at=long_ago)
    Mail.objects.update(next_try_at=long_ago)
    eventually(Mail.objects.filter(state="SENT", attempts=2).exists, "nobody does it")
    eventually(lambda: not Job.objects.filter(status="RUNNING").exists(), "its job runs for ever")
    assert len(mailbox.received) == 1


def test_a_mail_server_that_does_not_answer_blocks_nothing_else(working, mailbox, room):
    mailbox.answers.clear()
    worker_of(working())
    write_to("bob@example.org")
    assert mailbox.asked.wait(timeout=20)
    schedule = scheduled(room, soon(minutes=30), reminder=10)
    now = timezone.now()
    times = {"starts_at": now + timedelta(minutes=5), "ends_at": now + timedelta(hours=1), "next_reminder_at": now}
    type(schedule).objects.update(**times)
    eventually(Mail.objects.filter(kind="REMINDER").exists, "reminders wait for the mail server")
    assert mailbox.received == []


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_worker_goes_with_its_server(working, how):
    server = working()
    worker = worker_of(server)
    os.kill(server.pid, how)
    eventually(lambda: not is_job_worker(worker), "the worker outlives its server")
    assert not Worker.objects.exists(), "it did not sign off"


def test_a_worker_that_dies_is_followed_by_another(working):
    worker = worker_of(working())
    os.kill(worker, signal.SIGKILL)
    eventually(lambda: Worker.objects.exclude(pk__contains=f"-{worker}-").exists(), "nobody follows")
