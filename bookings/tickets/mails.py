"""Mail that tickets cause, written with the change it tells of. Nobody is told of what they did themselves.

What stands in a later mail about the same ticket is the whole of it, so it takes the place of one that still waits.
"""

from collections.abc import Callable, Iterable

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from bookings.models import Booking
from bookings.tickets.access import organizers_blocked_by
from bookings.tickets.models import Ticket, TicketEntry, TicketState
from mail.services import Letter, post, take_back
from organizations.access import admins_of, members_of
from rooms.schedules.calendar import printable


def tell_opened(ticket: Ticket) -> None:
    _post("ticket.opened", ticket, _admins(ticket), actor=ticket.reporter)


def tell_assigned(ticket: Ticket, *, before: User | None, actor: User) -> None:
    if ticket.assignee == before:
        return
    if before:
        take_back(about=ticket, recipients=[before.email])
    if ticket.assignee:
        _post("ticket.assigned", ticket, [ticket.assignee], actor=actor)


def tell_moved(ticket: Ticket, *, actor: User) -> None:
    if ticket.state == TicketState.CLOSED:
        take_back(about=ticket, recipients=[admin.email for admin in _admins(ticket)])
    _post("ticket.moved", ticket, _concerned(ticket), actor=actor)


def tell_comment(ticket: Ticket, entry: TicketEntry, *, actor: User) -> None:
    """About the comment: no later news makes it outdated."""
    for person in _others(_concerned(ticket), actor):
        with translation.override(person.language):
            said = _("%(name)s wrote:") % {"name": printable(entry.author_name)}
            subject = _("Comment: ticket %(ticket)s") % {"ticket": printable(str(ticket))}
            letter = Letter(to=person.email, subject=subject, text=f"{said}\n\n{entry.comment}\n\n{_about(ticket)}")
        post(letters=[letter], kind="ticket.commented", about=entry)


def tell_blocked(ticket: Ticket, *, actor: User | None) -> None:
    """One mail to each organizer, however often the ticket blocks the space, does not, and does again."""
    for person, bookings in organizers_blocked_by(ticket).items():
        if person == actor:
            continue
        with translation.override(person.language):
            letter = _warning(ticket, person, bookings)
        post(letters=[letter], kind="ticket.blocks", about=ticket)


def take_back_blocked(ticket: Ticket) -> None:
    """What waits to warn of a space that can be used again."""
    take_back(about=ticket, recipients=[person.email for person in organizers_blocked_by(ticket)])


def _admins(ticket: Ticket) -> list[User]:
    return [admin.user for admin in admins_of(ticket.organization).select_related("user")]


def _concerned(ticket: Ticket) -> list[User]:
    """Who reported it and who sees to it, as long as they belong to the organization."""
    people = [person.pk for person in (ticket.reporter, ticket.assignee) if person]
    return [member.user for member in members_of(ticket.organization).filter(user__in=people)]


def _others(people: Iterable[User], actor: User | None) -> list[User]:
    return [person for person in people if person != actor and person.is_active]


SUBJECTS: dict[str, Callable[[], str]] = {
    "ticket.opened": lambda: _("New ticket %(ticket)s"),
    "ticket.assigned": lambda: _("For you: ticket %(ticket)s"),
    "ticket.moved": lambda: _("%(state)s: ticket %(ticket)s"),
}


def _post(kind: str, ticket: Ticket, people: Iterable[User], *, actor: User | None) -> None:
    others = _others(people, actor)
    take_back(about=ticket, recipients=[person.email for person in others])
    letters = []
    for person in others:
        with translation.override(person.language):
            values = {"ticket": printable(str(ticket)), "state": TicketState(ticket.state).label}
            letters.append(Letter(to=person.email, subject=SUBJECTS[kind]() % values, text=_about(ticket)))
    post(letters=letters, kind=kind, about=ticket)


def _about(ticket: Ticket) -> str:
    lines = [printable(str(ticket)), f"{_('State')}: {TicketState(ticket.state).label}"]
    if ticket.space:
        lines.append(f"{_('Space')}: {printable(ticket.space.name)}")
    lines.append(f"{_('Reported by')}: {printable(ticket.reporter_name) or _('somebody at the door')}")
    if ticket.assignee:
        lines.append(f"{_('Assigned to')}: {printable(ticket.assignee.display_name)}")
    if ticket.blocks:
        lines.append(_("The space cannot be used until this is solved."))
    path = reverse("ticket", args=[ticket.organization.slug, ticket.number])
    parts = ["\n".join(lines), ticket.description, f"{settings.PUBLIC_URL}{path}"]
    return "\n\n".join(part for part in parts if part) + "\n"


def _warning(ticket: Ticket, person: User, bookings: list[Booking]) -> Letter:
    space = ticket.space
    assert space is not None  # noqa: S101 - only a ticket about a space blocks
    name = printable(space.name)
    days = []
    for booking in bookings:
        starts_at, ends_at = (timezone.localtime(at, space.zone) for at in (booking.starts_at, booking.ends_at))
        day = date_format(starts_at, "l, j F Y, H:i")
        days.append(f"{printable(booking.title)}: {day}–{date_format(ends_at, 'H:i')} ({space.time_zone})")
    parts = [
        _("%(space)s has a problem and may not be usable: %(title)s")
        % {"space": name, "title": printable(ticket.title)},
        _("You booked it soon:") + "\n" + "\n".join(days),
        _("Your bookings stand. Ask an administrator of %(organization)s, or choose another space.")
        % {"organization": printable(ticket.organization.name)},
    ]
    return Letter(
        to=person.email,
        subject=_("A problem in %(space)s, which you booked") % {"space": name},
        text="\n\n".join(parts) + "\n",
        key=f"ticket blocks {ticket.pk} {person.pk}",
    )
