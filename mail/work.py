"""What keeps mail going. It has a queue of its own: a mail server may take its time."""

from datetime import timedelta

from django.utils import timezone

from jobs.decorators import every, job
from mail import delivery
from mail.models import Mail, MailState

AT_ONCE = 5
KEPT = timedelta(days=30)


@job(queue="mail", lease=1800)
def deliver() -> None:
    """Some of what is due, and another job for the rest: a worker that shall end waits for this one."""
    for _ in range(AT_ONCE):
        mail = delivery.claim()
        if mail is None:
            return
        delivery.settle(mail, delivery.send(mail))
    deliver.enqueue()


@every(10, queue="mail")
def retry() -> None:
    """What could not be sent at first, or was left by a worker that died."""
    if delivery.due().exists():
        deliver.enqueue()


@every(600)
def tidy() -> None:
    """Gives up what was last tried by a process that died, empties what nobody tries again, drops what is long done."""
    now = timezone.now()
    stuck = Mail.objects.pending().filter(attempts__gte=delivery.MOST_ATTEMPTS, next_try_at__lte=now)
    stuck.update(state=MailState.FAILED)
    given_up = Mail.objects.filter(state=MailState.FAILED, next_try_at__lte=now)  # days after the last try
    given_up.exclude(text="", html="").update(**delivery.EMPTIED)
    Mail.objects.exclude(state=MailState.PENDING).filter(created_at__lte=now - KEPT).delete()
