"""What an operator sees at a glance: who meets, what this process carries, what failed, what is left of the disk."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.models import AuditEntry, Chain
from jobs import figures
from jobs.models import State
from mail.models import Mail, MailState
from meet.logs import Failures
from realtime import metrics
from rooms.models import Meeting, ParticipantState, Room

LIVE_SHOWN, REFUSALS_SHOWN = 50, 10


@dataclass(frozen=True, slots=True)
class Bar:
    name: Any
    value: int
    most: int


def overview(user: User) -> dict[str, Any]:
    """Meetings and the audit trail only for those who may see them elsewhere in the administration."""
    return {
        "live": live_meetings() if user.has_perm("rooms.view_meeting") else None,
        "audit": audit_state() if user.has_perm("audit.view_auditentry") else None,
        "work": work() if user.has_perm("jobs.view_job") else None,
        "counts": list(counts()),
        "sockets": bars(metrics.sockets, "kind"),
        "refusals": bars(metrics.refusals, "code")[:REFUSALS_SHOWN],
        "failures": {"count": Failures.count, "last": list(Failures.last)},
        "storage": storage(),
    }


def live_meetings() -> list[Meeting]:
    """The largest ones first."""
    inside = Count("participants", filter=Q(participants__state=ParticipantState.ADMITTED))
    found = Meeting.objects.active().select_related("room__settings").annotate(people=inside)
    return list(found.order_by("-people", "started_at")[:LIVE_SHOWN])


def audit_state() -> dict[str, Any]:
    chain = Chain.objects.filter(pk=1).first() or Chain()
    return {
        "entries": chain.end_number - chain.start_number,
        "waiting": AuditEntry.objects.unsealed().count(),
        "hash": chain.end_hash,
    }


def work() -> list[dict[str, Any]]:
    """What waits and what was given up; the links lead to those."""
    jobs, mails = figures.by_state(), Mail.objects.by_state()
    return [
        {
            "name": _("Jobs"),
            "waiting": jobs[State.READY] + jobs[State.RUNNING],
            "failed": jobs[State.FAILED],
            "url": reverse("admin:jobs_job_changelist", query={"status": State.FAILED}),
        },
        {
            "name": _("Mail"),
            "waiting": mails[MailState.PENDING],
            "failed": mails[MailState.FAILED],
            "url": reverse("admin:mail_mail_changelist", query={"state": MailState.FAILED}),
        },
    ]


def counts() -> Iterator[dict[str, Any]]:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    yield {"name": _("People"), **_count(User.objects.all(), "created_at", midnight)}
    yield {"name": _("Rooms"), **_count(Room.objects.all(), "created_at", midnight)}
    yield {"name": _("Meetings"), **_count(Meeting.objects.begun(), "started_at", midnight)}


def _count(rows: QuerySet[Any], since: str, midnight: datetime) -> dict[str, int]:
    today = Count("pk", filter=Q(**{f"{since}__gte": midnight}))
    return dict(rows.order_by().aggregate(all=Count("pk"), today=today))


def bars(metric: Any, label: str) -> list[Bar]:
    """The numbers of this process since its start, largest first."""
    samples = [one for family in metric.collect() for one in family.samples]
    most = max((int(one.value) for one in samples), default=0) or 1
    found = [Bar(one.labels[label], int(one.value), most) for one in samples]
    return sorted(found, key=lambda bar: -bar.value)


def storage() -> dict[str, int]:
    disk = shutil.disk_usage(settings.DATA_DIR)
    return {"ours": size_of(Path(settings.DATA_DIR)), "used": disk.used, "free": disk.free, "total": disk.total}


def size_of(directory: Path) -> int:
    """Of all files; one that goes away meanwhile counts nothing."""
    total = 0
    for path in directory.rglob("*"):
        try:
            total += path.lstat().st_size
        except OSError:
            continue
    return total
