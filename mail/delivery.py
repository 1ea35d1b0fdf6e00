"""Delivery of mail: claimed by one process, tried again later, given up after eight times.

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

from jobs.queue import in_short
from mail.models import Mail, MailQuerySet, MailState

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 8
FIRST_WAIT = timedelta(minutes=2)  # longer than a mail server may take; three times as long after each try
EMPTIED = {"text": "", "html": "", "calendar": "", "reply_to": ""}


def due() -> MailQuerySet:
    return Mail.objects.pending().filter(next_try_at__lte=timezone.now(), attempts__lt=MOST_ATTEMPTS)


def claim() -> Mail | None:
    """A mail that is due, for the caller alone: who changes the row first has it, until its next try is due."""
    now = timezone.now()
    for mail in due().order_by("next_try_at", "created_at")[:10]:
        wait = FIRST_WAIT * 3**mail.attempts
        mine = Mail.objects.pending().filter(pk=mail.pk, attempts=mail.attempts)
        if mine.update(attempts=F("attempts") + 1, next_try_at=now + wait):
            mail.attempts += 1
            return mail
    return None


def send(mail: Mail) -> str:
    """What went wrong, if anything. Takes as long as the mail server does, and touches no database."""
    try:
        _message(mail).send()
    except Exception as error:
        logger.exception("Could not send the mail %s (try %d). Check EMAIL_URL.", mail.pk, mail.attempts)
        return in_short(error)
    return ""


def settle(mail: Mail, error: str) -> None:
    """Notes how it went; the row may be gone, since news outdate what waits."""
    mine = Mail.objects.pending().filter(pk=mail.pk)
    if not error:
        mine.update(state=MailState.SENT, sent_at=timezone.now(), error="", **EMPTIED)
    elif mail.attempts >= MOST_ATTEMPTS:
        mine.update(state=MailState.FAILED, error=error)
    else:
        mine.update(error=error)


def _message(mail: Mail) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        to=[mail.recipient],
        reply_to=[mail.reply_to] if mail.reply_to else None,
        headers={
            "Message-ID": f"<{mail.pk}@{urlsplit(settings.PUBLIC_URL).hostname}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    if mail.calendar:
        message.attach_alternative(mail.calendar, f"text/calendar; method={mail.method}")
        message.attach("invite.ics", mail.calendar.encode(), "application/ics")
    return message
