"""Verbs on mail, for every app that has something to tell."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models, transaction
from django.utils import timezone

from audit.actions import Action
from audit.services import record
from mail.models import Mail, MailState
from mail.work import deliver

NOWHERE = ".invalid"  # RFC 6761, 6.4
METHOD = re.compile(r"^METHOD:(\w+)\r?$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """To one person. `calendar` is the text of an iCalendar file with its METHOD; `key` lets it be posted only once."""

    to: str
    subject: str
    text: str
    html: str = ""
    calendar: str = ""
    reply_to: str = ""
    key: str | None = None


@transaction.atomic(savepoint=False)
def post(*, letters: Iterable[Letter], kind: str, about: models.Model | None = None) -> None:
    """Rows of the caller's transaction, delivered after it. Left out are letters whose key is known already, and those
    to addresses that cannot be anybody's."""
    written = [_written(letter, kind, about) for letter in letters if not letter.to.endswith(NOWHERE)]
    if written:
        Mail.objects.bulk_create(written, ignore_conflicts=any(one.key for one in written))
        deliver.enqueue()


@transaction.atomic(savepoint=False)
def take_back(*, about: models.Model, recipients: Iterable[str]) -> list[Mail]:
    """Drops what still waits for these people, and gives it; what has `attempts` may have arrived all the same."""
    waiting = Mail.objects.pending().about(about).filter(recipient__in=recipients)
    taken = list(waiting.select_for_update())
    if taken:
        Mail.objects.filter(pk__in=[one.pk for one in taken]).delete()
    return taken


@transaction.atomic
def retry(*, mail: Mail, actor: models.Model) -> bool:
    """At once, and with all tries anew; False for one that was sent, or that is empty by now."""
    open_ones = Mail.objects.exclude(state=MailState.SENT).exclude(text="", html="").filter(pk=mail.pk)
    if not open_ones.update(state=MailState.PENDING, attempts=0, next_try_at=timezone.now()):
        return False
    deliver.enqueue()
    record(action=Action.MAIL_RETRIED, entity=mail, actor=actor, kind=mail.kind)
    return True


def _written(letter: Letter, kind: str, about: models.Model | None) -> Mail:
    method = METHOD.search(letter.calendar)
    return Mail(
        recipient=letter.to,
        kind=kind,
        entity=about._meta.label_lower if about else "",
        entity_id=str(about.pk) if about else "",
        key=letter.key,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        calendar=letter.calendar,
        method=method[1] if method else "",
        reply_to=letter.reply_to,
    )
