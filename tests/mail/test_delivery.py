"""Mail is written with the change and delivered afterwards, whatever the mail server does meanwhile."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections, transaction
from django.utils import timezone

from jobs.models import Job, Periodic
from mail import delivery
from mail.models import Mail
from mail.services import Letter, post, take_back
from mail.work import tidy
from tests.schedules.mails import deliver, parts
from tests.work import beat

BOB = "bob@example.org"
SECRET = "https://meet.example.org/join/secret"
CALENDAR = "BEGIN:VCALENDAR\r\nMETHOD:CANCEL\r\nEND:VCALENDAR\r\n"


def letter(to: str = BOB, **changes) -> Letter:
    return Letter(**{"to": to, "subject": "News", "text": SECRET} | changes)


def told(*letters: Letter, about=None) -> None:
    post(letters=letters or [letter()], kind="NEWS", about=about)


@pytest.fixture
def server_down(monkeypatch):
    """A mail server that refuses connections until it is told to work."""

    def refuse(self, messages):
        raise ConnectionRefusedError("nobody there")

    with monkeypatch.context() as down:
        down.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
        yield down


def waited(**time: int) -> None:
    Mail.objects.update(next_try_at=timezone.now() - timedelta(**time))


def tried_again() -> list:
    """Long after, by the periodic job."""
    waited(minutes=1)
    Periodic.objects.filter(name="mail.work.retry").delete()  # so it is due
    assert "mail.work.retry" in beat()
    return deliver()


def test_what_is_rolled_back_is_not_sent(db):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        told()
        raise ZeroDivisionError
    assert not Mail.objects.exists() and not Job.objects.exists() and deliver() == []


def test_it_says_what_was_written_and_that_nobody_wrote_it(db):
    told(letter(html="<p>News</p>", calendar=CALENDAR, reply_to="alice@example.org"))
    [sent] = deliver()
    assert (sent.to, sent.subject, sent.body, sent.reply_to) == ([BOB], "News", SECRET, ["alice@example.org"])
    message = sent.message()
    assert message["Auto-Submitted"] == "auto-generated" and str(Mail.objects.get().pk) in message["Message-ID"]
    assert parts(sent)["multipart/alternative"].get_payload()[1].get_content_type() == "text/html"
    assert parts(sent)["text/calendar"].get_param("method") == "CANCEL"
    assert parts(sent)["application/ics"].get_filename() == "invite.ics"


def test_a_mail_server_that_is_down_is_asked_again_later(db, server_down, caplog):
    told()
    assert deliver() == [] and "Check EMAIL_URL" in caplog.text
    one = Mail.objects.get()
    assert (one.state, one.attempts, one.error) == ("PENDING", 1, "ConnectionRefusedError: nobody there")
    assert timedelta(minutes=1) < one.next_try_at - timezone.now() <= timedelta(minutes=2)
    assert deliver() == [] and Mail.objects.get().attempts == 1  # not before its time
    server_down.undo()
    assert len(tried_again()) == 1
    assert (Mail.objects.get().state, Mail.objects.get().error) == ("SENT", "")


def test_after_eight_tries_it_is_given_up_and_emptied_days_later(db, server_down):
    told()
    for _ in range(10):
        tried_again()
    one = Mail.objects.get()
    assert (one.state, one.attempts, one.text) == ("FAILED", 8, SECRET)
    Mail.objects.update(next_try_at=timezone.now() + timedelta(days=1))
    tidy()
    assert Mail.objects.get().text == SECRET  # an operator may still try again
    waited(minutes=1)
    tidy()
    assert (Mail.objects.get().state, Mail.objects.get().text) == ("FAILED", "")


def test_what_a_dying_process_tried_last_is_given_up(db):
    told()
    Mail.objects.update(attempts=8)
    tidy()
    assert Mail.objects.get().state == "FAILED"


def test_links_are_not_kept_once_a_mail_is_sent(db):
    told(letter(html=SECRET, calendar=CALENDAR, reply_to="alice@example.org"))
    deliver()
    one = Mail.objects.get()
    assert (one.text, one.html, one.calendar, one.reply_to) == ("", "", "", "") and one.sent_at


def test_old_mail_goes(db):
    told()
    Mail.objects.update(created_at=timezone.now() - timedelta(days=31))
    tidy()
    assert Mail.objects.count() == 1  # it still waits
    deliver()
    tidy()
    assert Mail.objects.count() == 0


def test_a_second_try_is_the_same_mail(db, server_down):
    told()
    first = delivery.claim()
    assert first is not None
    delivery.settle(first, delivery.send(first))
    server_down.undo()
    [sent] = tried_again()
    assert str(first.pk) in sent.message()["Message-ID"]


def test_what_has_a_key_is_posted_once(db):
    for _ in range(2):
        told(letter(key="reminder 1"), letter("carol@example.org", key="reminder 2"), letter("dora@example.org"))
    assert Counter(one.to[0] for one in deliver()) == {BOB: 1, "carol@example.org": 1, "dora@example.org": 2}


def test_news_take_back_what_waits_for_the_same_person_about_the_same(alice, bob):
    told(letter(), letter("carol@example.org"), about=alice)
    told(about=bob)
    [taken] = take_back(about=alice, recipients=[BOB])
    assert (taken.recipient, taken.kind, taken.attempts) == (BOB, "NEWS", 0)
    assert sorted(one.to[0] for one in deliver()) == [BOB, "carol@example.org"]
    assert take_back(about=alice, recipients=["carol@example.org"]) == []  # it is sent


def test_many_letters_are_sent_by_short_jobs(db):
    told(*(letter(f"p{number}@example.org") for number in range(25)))
    assert len(deliver()) == 25
    assert Job.objects.count() == 6


@pytest.mark.django_db(transaction=True)
def test_processes_that_claim_at_once_send_each_mail_once():
    told(*(letter(f"p{number}@example.org") for number in range(20)))
    together = Barrier(8)

    def process(_number: int) -> list[str]:
        together.wait(timeout=10)
        try:
            return [one.recipient for one in iter(delivery.claim, None)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as processes:
        claimed = Counter(address for one in processes.map(process, range(8)) for address in one)
    assert set(claimed.values()) == {1} and not Mail.objects.filter(attempts__gt=1).exists()
