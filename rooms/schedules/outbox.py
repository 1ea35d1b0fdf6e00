"""Delivery of notices: claimed by one process, tried again later, given up after eight times.

At least once, not exactly once: a process that dies between the mail server's yes and its own note of it sends the
mail again. Both carry the same Message-ID, and calendars ignore an invitation whose SEQUENCE they have.
"""

import logging
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import F
from django.utils import timezone

from rooms.schedules.models import Notice, NoticeKind, NoticeState

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 8
FIRST_WAIT = timedelta(minutes=2)  # longer than a mail server may take; three times as long after each try
KEPT = timedelta(days=30)
EMPTIED = {"text": "", "calendar": "", "reply_to": ""}


def claim() -> Notice | None:
    """A notice that is due, for the caller alone: who changes the row first has it, until its next try is due."""
    now = timezone.now()
    due = Notice.objects.pending().filter(next_try_at__lte=now, attempts__lt=MOST_ATTEMPTS)
    for notice in due.order_by("next_try_at", "created_at")[:10]:
        wait = FIRST_WAIT * 3**notice.attempts
        mine = Notice.objects.pending().filter(pk=notice.pk, attempts=notice.attempts)
        if mine.update(attempts=F("attempts") + 1, next_try_at=now + wait):
            notice.attempts += 1
            return notice
    return None


def send(notice: Notice) -> bool:
    """Takes as long as the mail server does, and touches no database."""
    try:
        return bool(_message(notice).send())
    except Exception:
        logger.exception("Could not send the mail %s (try %d). Check EMAIL_URL.", notice.pk, notice.attempts)
        return False


def settle(notice: Notice, *, sent: bool) -> None:
    """Notes how it went; the row may be gone, since news outdate what waits."""
    mine = Notice.objects.pending().filter(pk=notice.pk)
    if sent:
        mine.update(state=NoticeState.SENT, sent_at=timezone.now(), **EMPTIED)
    elif notice.attempts >= MOST_ATTEMPTS:
        mine.update(state=NoticeState.FAILED, **EMPTIED)


def tidy() -> None:
    """Gives up what was last tried by a process that died, and drops what is long done."""
    now = timezone.now()
    stuck = Notice.objects.pending().filter(attempts__gte=MOST_ATTEMPTS, next_try_at__lte=now)
    stuck.update(state=NoticeState.FAILED, **EMPTIED)
    Notice.objects.exclude(state=NoticeState.PENDING).filter(created_at__lte=now - KEPT).delete()


def _message(notice: Notice) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        subject=notice.subject,
        body=notice.text,
        to=[notice.recipient],
        reply_to=[notice.reply_to] if notice.reply_to else None,
        headers={
            "Message-ID": f"<{notice.pk}@{urlsplit(settings.PUBLIC_URL).hostname}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    if notice.calendar:
        method = "CANCEL" if notice.kind == NoticeKind.CANCELLATION else "REQUEST"
        message.attach_alternative(notice.calendar, f"text/calendar; method={method}")
        message.attach("invite.ics", notice.calendar.encode(), "application/ics")
    return message
