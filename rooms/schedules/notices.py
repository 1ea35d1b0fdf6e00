"""Mail of a schedule, written into the outbox in the transaction of what it tells."""

from collections.abc import Iterable
from hashlib import sha256

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from mail import services as mail
from rooms.schedules.calendar import CalendarFile, link_of, printable
from rooms.schedules.models import NoticeKind, Schedule
from rooms.schedules.times import Span, spans

CALENDAR_KINDS = {NoticeKind.INVITATION, NoticeKind.UPDATE, NoticeKind.CANCELLATION}


def write(kind: NoticeKind, schedule: Schedule, addresses: Iterable[str], *, span: Span | None = None) -> None:
    """A mail to each. What still waits for the same people is outdated by news, not by a reminder."""
    wanted = set(addresses)
    unheard = _take_back(schedule, wanted) if kind in CALENDAR_KINDS else set()
    if kind == NoticeKind.UPDATE:
        _write(NoticeKind.INVITATION, schedule, unheard, span)
    _write(kind, schedule, wanted - unheard if kind != NoticeKind.INVITATION else wanted, span)


def _take_back(schedule: Schedule, addresses: set[str]) -> set[str]:
    """Drops what waits for them, and gives those whose invitation nobody has tried to send: they know of nothing."""
    taken = mail.take_back(about=schedule, recipients=addresses)
    return {one.recipient for one in taken if one.kind == NoticeKind.INVITATION and not one.attempts}


def _write(kind: NoticeKind, schedule: Schedule, addresses: set[str], span: Span | None) -> None:
    if not addresses:
        return
    with translation.override(schedule.organizer.language if schedule.organizer else None):
        mail.post(letters=list(_letters(kind, schedule, sorted(addresses), span)), kind=kind, about=schedule)


def _letters(kind: NoticeKind, schedule: Schedule, addresses: list[str], span: Span | None) -> Iterable[mail.Letter]:
    cancelled = kind == NoticeKind.CANCELLATION
    file = CalendarFile(schedule, cancelled=cancelled) if kind in CALENDAR_KINDS else None
    subject, text = _subject(kind, schedule), _text(kind, schedule, span or next(iter(spans(schedule))))
    for address in addresses:
        yield mail.Letter(
            to=address,
            subject=subject,
            text=text,
            calendar=file.addressed_to(address) if file else "",
            reply_to=schedule.organizer.email if schedule.organizer else "",
            key=_key(schedule, span, address) if span else None,
        )


def _key(schedule: Schedule, span: Span, address: str) -> str:
    return f"reminder {schedule.pk} {span.starts_at.timestamp():.0f} {sha256(address.encode()).hexdigest()}"


def _subject(kind: NoticeKind, schedule: Schedule) -> str:
    words = {
        NoticeKind.INVITATION: _("Invitation: %(title)s"),
        NoticeKind.UPDATE: _("Changed: %(title)s"),
        NoticeKind.CANCELLATION: _("Cancelled: %(title)s"),
        NoticeKind.REMINDER: _("Reminder: %(title)s"),
    }
    return words[kind] % {"title": printable(schedule.title)}


def _text(kind: NoticeKind, schedule: Schedule, span: Span) -> str:
    words = {
        NoticeKind.INVITATION: _("%(name)s invites you to a meeting."),
        NoticeKind.UPDATE: _("%(name)s changed a meeting you are invited to."),
        NoticeKind.CANCELLATION: _("This meeting of %(name)s is cancelled for you."),
        NoticeKind.REMINDER: _("This meeting of %(name)s begins soon."),
    }
    parts = [
        words[kind] % {"name": printable(schedule.organizer_name) or _("Somebody")},
        f"{printable(schedule.title)}\n{_when(schedule, span)}{_repeats(kind, schedule)}",
    ]
    if kind != NoticeKind.CANCELLATION:
        parts += [_("Join: %(link)s") % {"link": link_of(schedule)}, schedule.note]
    return "\n\n".join(part for part in parts if part) + "\n"


def _when(schedule: Schedule, span: Span) -> str:
    starts_at, ends_at = (moment.astimezone(schedule.zone) for moment in (span.starts_at, span.ends_at))
    day = date_format(starts_at, "l, j F Y, H:i")
    return f"{day}–{date_format(ends_at, 'H:i')} ({schedule.time_zone})"


def _repeats(kind: NoticeKind, schedule: Schedule) -> str:
    """A series is told by how it begins and ends; the calendar file has every date."""
    if not schedule.rrule or kind == NoticeKind.REMINDER:
        return ""
    last = date_format(schedule.over_at.astimezone(schedule.zone), "j F Y")
    return "\n" + _("It repeats; the last one is on %(day)s.") % {"day": last}
