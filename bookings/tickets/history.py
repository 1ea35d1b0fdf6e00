"""What became of a ticket, in words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from bookings.tickets.models import Ticket, TicketEntry, TicketState


@dataclass(frozen=True, slots=True)
class Line:
    who: str
    at: datetime
    deeds: list[str]
    comment: str


def history_of(ticket: Ticket) -> Iterator[Line]:
    yield Line(reporter_of(ticket), ticket.created_at, [_("opened the ticket.")], "")
    for entry in ticket.entries.select_related("author"):
        deeds = [WORDS[name](*change) for name, change in entry.changes.items() if name in WORDS]
        yield Line(_author_of(entry), entry.created_at, deeds, entry.comment)


def reporter_of(ticket: Ticket) -> str:
    return (ticket.reporter.display_name if ticket.reporter else ticket.reporter_name) or _("Somebody at the door")


def _author_of(entry: TicketEntry) -> str:
    return entry.author.display_name if entry.author else entry.author_name


def _moved(before: str, after: str) -> str:
    if after == TicketState.OPEN and before != TicketState.IN_PROGRESS:
        return _("opened it again.")
    return STATES[TicketState(after)]()


STATES: dict[TicketState, Callable[[], str]] = {
    TicketState.OPEN: lambda: _("put it back to open."),
    TicketState.IN_PROGRESS: lambda: _("started to work on it."),
    TicketState.RESOLVED: lambda: _("resolved it."),
    TicketState.CLOSED: lambda: _("closed it."),
}


def _assigned(before: str, after: str) -> str:
    if after:
        return _("assigned it to %(name)s.") % {"name": after}
    return _("took it from %(name)s.") % {"name": before}


def _blocked(before: bool, after: bool) -> str:
    return _("said that the space cannot be used.") if after else _("said that the space can be used.")


def _left(before: str, after: str) -> str:
    return _("left the organization, and no longer sees to it.")


WORDS: dict[str, Callable[[Any, Any], str]] = {
    "state": _moved,
    "assignee": _assigned,
    "is_blocking": _blocked,
    "left": _left,
}
