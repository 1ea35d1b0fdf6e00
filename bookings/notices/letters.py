"""Mails about bookings, each in the language of its reader."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from django.db.models import Q
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from bookings.answers.tokens import answer_link
from bookings.calendars import files
from bookings.calendars.events import TAKES_PLACE, readable
from bookings.calendars.files import CalendarMail
from bookings.calendars.links import page_of
from bookings.facts import Facts
from bookings.models import Booking, Series
from bookings.notices.readers import Reader
from bookings.notices.words import changes, described, organizer_name, when, zone_of
from bookings.states import BookingState
from mail.services import Letter
from rooms.schedules.calendar import printable
from rooms.schedules.times import clocks_differ, over_at


class Kind(StrEnum):
    CONFIRMATION = "booking.confirmation"
    INVITATION = "booking.invitation"
    CHANGE = "booking.change"
    CANCELLATION = "booking.cancellation"
    APPROVAL_ASKED = "booking.approval-asked"
    APPROVED = "booking.approved"
    DECLINED = "booking.declined"
    RELEASED = "booking.released"
    HANDED_OVER = "booking.handed-over"
    REMINDER = "booking.reminder"


OFF = {Kind.CANCELLATION, Kind.DECLINED, Kind.RELEASED}
WITHOUT_FILE = {Kind.APPROVAL_ASKED, Kind.REMINDER}


@dataclass(frozen=True, slots=True)
class News:
    """Of `bookings`, one or all of a series; `change` is what became another."""

    bookings: tuple[Booking, ...]
    series: Series | None = None
    change: tuple[Facts, Facts] | None = None

    @classmethod
    def of(cls, booking: Booking, change: tuple[Facts, Facts] | None = None) -> "News":
        """As it is now, whatever else has been done to it meanwhile."""
        return cls((readable(Booking.objects.filter(pk=booking.pk)).get(),), change=change)

    @classmethod
    def of_series(
        cls, series: Series, *, also: Iterable[Booking] = (), change: tuple[Facts, Facts] | None = None
    ) -> "News":
        """With all of it that takes place, and `also` these. What is over comes last."""
        wanted = Q(state__in=TAKES_PLACE) | Q(pk__in=[one.pk for one in also])
        found = readable(series.bookings.filter(wanted)).order_by("starts_at")
        now = timezone.now()
        return cls(tuple(sorted(found, key=lambda one: one.ends_at <= now)), series, change)

    @property
    def about(self) -> Booking | Series:
        return self.series or self.like

    @property
    def like(self) -> Booking:
        return self.bookings[0]

    @property
    def is_asked_for(self) -> bool:
        return self.like.state == BookingState.PENDING


def letters(kind: Kind, news: News, readers: Iterable[Reader]) -> Iterator[Letter]:
    file = _files(kind, news)
    organizer = news.like.organizer
    for reader in readers:
        with translation.override(reader.language):
            yield Letter(
                to=reader.email,
                subject=_subject(kind, news),
                text=_text(kind, news, reader),
                calendar=file(reader),
                reply_to=organizer.email if organizer and not reader.is_organizer else "",
                key=_key(news.like, reader) if kind == Kind.REMINDER else None,
            )


def reminder_of(booking: Booking) -> str:
    """What the keys of its reminders begin with, as long as it keeps its time."""
    return f"{Kind.REMINDER} {booking.pk} {booking.starts_at.timestamp():.0f}"


def _key(booking: Booking, reader: Reader) -> str:
    return f"{reminder_of(booking)} {sha256(reader.email.encode()).hexdigest()}"


def _files(kind: Kind, news: News) -> Callable[[Reader], str]:
    """One file for all who come to the same dates."""
    made: dict[frozenset[UUID] | None, CalendarMail] = {}

    def file(reader: Reader) -> str:
        if kind in WITHOUT_FILE:
            return ""
        if reader.dates not in made:
            made[reader.dates] = _file(kind, news, reader.dates)
        note = "" if reader.is_organizer or kind in OFF else _("Answer: %(link)s") % {"link": _answer(news, reader)}
        return made[reader.dates].addressed_to(reader.email, answer=reader.answer, note=note)

    return file


def _file(kind: Kind, news: News, dates: frozenset[UUID] | None) -> CalendarMail:
    series = news.series
    if series is None:
        return files.cancellation(news.like) if kind in OFF else files.invitation(news.like)
    theirs = [one for one in news.bookings if dates is None or one.pk in dates]
    if any(one.state in TAKES_PLACE for one in theirs):
        return files.series_invitation(series, theirs)
    return files.series_cancellation(series, news.like)


def _answer(news: News, reader: Reader) -> str:
    return answer_link(news.about, reader.email)


def _subject(kind: Kind, news: News) -> str:
    words = {
        Kind.CONFIRMATION: _("Asked for: %(title)s") if news.is_asked_for else _("Booked: %(title)s"),
        Kind.INVITATION: _("Invitation: %(title)s"),
        Kind.CHANGE: _("Changed: %(title)s"),
        Kind.CANCELLATION: _("Cancelled: %(title)s"),
        Kind.APPROVAL_ASKED: _("To approve: %(title)s"),
        Kind.APPROVED: _("Approved: %(title)s"),
        Kind.DECLINED: _("Declined: %(title)s"),
        Kind.RELEASED: _("Released: %(title)s"),
        Kind.HANDED_OVER: _("Yours now: %(title)s"),
        Kind.REMINDER: _("Reminder: %(title)s"),
    }
    return words[kind] % {"title": printable(news.like.title)}


def _text(kind: Kind, news: News, reader: Reader) -> str:
    parts = [
        _first_line(kind, news, reader),
        _changes(news) if kind == Kind.CHANGE else "",
        printable(news.like.title) + "\n" + _facts(news, reader),
        "" if kind in OFF else _links(kind, news, reader),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _first_line(kind: Kind, news: News, reader: Reader) -> str:
    asked = news.is_asked_for
    words = {
        Kind.CONFIRMATION: _("An administrator has to approve this booking.")
        if asked
        else _("This is booked for you."),
        Kind.INVITATION: _("%(name)s invites you."),
        Kind.CHANGE: _("This booking was changed."),
        Kind.CANCELLATION: _("This booking of %(name)s is off for you."),
        Kind.APPROVAL_ASKED: _("%(name)s asks for this booking. Please approve or decline it."),
        Kind.APPROVED: _("This booking was approved."),
        Kind.DECLINED: _("This booking was declined, so it does not take place."),
        Kind.RELEASED: _("Nobody checked in, so others may use the space again."),
        Kind.HANDED_OVER: _("Whoever organized this left, so it is yours now."),
        Kind.REMINDER: _("This begins soon."),
    }
    return words[kind] % {"name": organizer_name(news.like) or _("Somebody")}


def _changes(news: News) -> str:
    if news.change is None:
        return ""
    lines = list(changes(*news.change, zone_of(news.like)))
    if news.is_asked_for:
        lines.append(_("An administrator has to approve this booking."))
    return "\n".join(lines)


def _facts(news: News, reader: Reader) -> str:
    shown = [f"{name}: {value}" for name, value in described(news.like)]
    shown[1:1] = [*_for_reader(news.like, reader), *_repeats(news)]
    return "\n".join(shown)


def _for_reader(booking: Booking, reader: Reader) -> list[str]:
    """Their own time of day, where it is another."""
    there, here = zone_of(booking), reader.zone
    if here is None or not clocks_differ(booking.starts_at, here, there):
        return []
    return [_("For you: %(when)s") % {"when": when(booking.starts_at, booking.ends_at, here)}]


def _repeats(news: News) -> list[str]:
    """A series is told by how it begins and ends; the calendar file has every date."""
    last = over_at(news.series) if news.series else None
    if last is None:
        return []
    return [
        _("It repeats; the last one is on %(day)s.")
        % {"day": date_format(last.astimezone(zone_of(news.like)), "j F Y")}
    ]


def _links(kind: Kind, news: News, reader: Reader) -> str:
    page = _("Booking: %(link)s") % {"link": page_of(news.like)}
    if reader.is_organizer or kind in WITHOUT_FILE:
        return page
    link = _answer(news, reader)
    answers = ((_("Yes"), "ACCEPTED"), (_("Maybe"), "TENTATIVE"), (_("No"), "DECLINED"))
    return "\n".join([*(f"{name}: {link}?answer={answer}" for name, answer in answers), page])
