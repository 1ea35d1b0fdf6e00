"""Reminders become notices when they are due. The organizer is reminded too."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from rooms.schedules import notices
from rooms.schedules.models import NoticeKind, Reminder, Schedule
from rooms.schedules.times import Span, spans

AT_ONCE = 50


def next_reminder_at(schedule: Schedule, *, after: datetime) -> datetime | None:
    """When the next one is due; one that should have come before is not made up for."""
    if schedule.reminder == Reminder.NONE or schedule.is_cancelled:
        return None
    before = timedelta(minutes=schedule.reminder)
    moments = (span.starts_at - before for span in spans(schedule, after=after))
    return next((moment for moment in moments if moment > after), None)


def write_due() -> None:
    """Runs wherever it may: who moves a schedule's next reminder on writes the mail, in the same transaction."""
    due = Schedule.objects.standing().filter(next_reminder_at__lte=timezone.now())
    for schedule in due.select_related("room", "organizer")[:AT_ONCE]:
        _write(schedule)


@transaction.atomic
def _write(schedule: Schedule) -> None:
    now = timezone.now()
    mine = Schedule.objects.filter(pk=schedule.pk, next_reminder_at=schedule.next_reminder_at)
    if not mine.update(next_reminder_at=next_reminder_at(schedule, after=now)):
        return
    span = _soon(schedule, now)
    if span is not None:
        notices.write(NoticeKind.REMINDER, schedule, _people(schedule), span=span)


def _soon(schedule: Schedule, now: datetime) -> Span | None:
    """What it is time to remind of: nothing, if the server was stopped until after the start."""
    coming = next((span for span in spans(schedule, after=now) if span.starts_at > now), None)
    return coming if coming and coming.starts_at - timedelta(minutes=schedule.reminder) <= now else None


def _people(schedule: Schedule) -> set[str]:
    invited = set(schedule.invitees.values_list("email", flat=True))
    return invited | ({schedule.organizer.email.lower()} if schedule.organizer else set())
