"""Mail is written with the change and delivered afterwards, whatever the mail server does meanwhile."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from asgiref.sync import sync_to_async
from django.core import mail
from django.db import connections, transaction
from django.utils import timezone

from rooms.schedules import outbox
from rooms.schedules.models import Notice, Schedule
from rooms.schedules.upkeep import deliver as deliver_all
from tests.schedules.mails import deliver
from tests.schedules.plans import scheduled

BOB = "bob@example.org"


@pytest.fixture
def server_down(monkeypatch):
    """A mail server that refuses connections until it is told to work."""

    def refuse(self, messages):
        raise ConnectionRefusedError

    with monkeypatch.context() as down:
        down.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
        yield down


def waited(**time: int) -> None:
    Notice.objects.update(next_try_at=timezone.now() - timedelta(**time))


def test_a_plan_that_is_rolled_back_sends_nothing(room):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        scheduled(room, invitees=(BOB,))
        raise ZeroDivisionError
    assert not Schedule.objects.exists() and deliver() == []


def test_a_mail_server_that_is_down_is_asked_again_later(room, server_down, caplog):
    scheduled(room, invitees=(BOB,))
    assert deliver() == [] and "Check EMAIL_URL" in caplog.text
    notice = Notice.objects.get()
    assert (notice.state, notice.attempts) == ("PENDING", 1)
    assert timedelta(minutes=1) < notice.next_try_at - timezone.now() <= timedelta(minutes=2)
    assert deliver() == [] and Notice.objects.get().attempts == 1  # not before its time
    server_down.undo()
    waited(minutes=1)
    assert len(deliver()) == 1
    assert Notice.objects.get().state == "SENT"


def test_after_eight_tries_it_is_given_up(room, server_down):
    scheduled(room, invitees=(BOB,))
    for _ in range(10):
        deliver()
        waited(minutes=1)
    notice = Notice.objects.get()
    assert (notice.state, notice.attempts, notice.text) == ("FAILED", 8, "")


def test_what_a_dying_process_tried_last_is_given_up(room):
    scheduled(room, invitees=(BOB,))
    Notice.objects.update(attempts=8)
    outbox.tidy()
    assert Notice.objects.get().state == "FAILED"


def test_links_are_not_kept_once_a_mail_is_sent(room):
    scheduled(room, invitees=(BOB,))
    assert room.code in Notice.objects.get().calendar
    deliver()
    notice = Notice.objects.get()
    assert (notice.text, notice.calendar, notice.reply_to) == ("", "", "") and notice.sent_at


def test_old_notices_go(room):
    scheduled(room, invitees=(BOB,))
    Notice.objects.update(created_at=timezone.now() - timedelta(days=31))
    outbox.tidy()
    assert Notice.objects.count() == 1  # it still waits
    deliver()
    outbox.tidy()
    assert Notice.objects.count() == 0


def test_a_second_try_is_the_same_mail(room, server_down):
    scheduled(room, invitees=(BOB,))
    notice = Notice.objects.get()
    assert str(notice.pk) in outbox._message(notice).message()["Message-ID"]


@pytest.mark.django_db(transaction=True)
def test_processes_that_claim_at_once_send_each_mail_once(room):
    scheduled(room, invitees=tuple(f"p{number}@example.org" for number in range(20)))
    together = Barrier(8)

    def process(_number: int) -> list[str]:
        together.wait(timeout=10)
        try:
            return [notice.recipient for notice in iter(outbox.claim, None)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as processes:
        claimed = Counter(address for one in processes.map(process, range(8)) for address in one)
    assert set(claimed.values()) == {1} and not Notice.objects.filter(attempts__gt=1).exists()


@pytest.mark.django_db(transaction=True)
async def test_the_upkeep_delivers_everything_that_is_due(room):

    await sync_to_async(scheduled)(room, invitees=(BOB, "carol@example.org"))
    await deliver_all()
    assert sorted(one.to[0] for one in mail.outbox) == [BOB, "carol@example.org"]
