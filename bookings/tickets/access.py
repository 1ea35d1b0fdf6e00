"""The only door to tickets. Unknown and not-yours are the same 404."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from bookings.models import Booking
from bookings.spaces.models import Space
from bookings.tickets.models import NEXT, Ticket, TicketQuerySet, TicketState
from organizations.access import membership_in, memberships_of
from organizations.models import Membership, MembershipRole
from realtime.refusals import Refused
from rooms.access import room_for_visitor
from rooms.lookups import guarded
from rooms.models import Room
from rooms.visitors import Visitor

SOON = timedelta(days=7)


def ticket_for(slug: str, number: int, user: User) -> tuple[Ticket, Membership]:
    """For administrators, who reported it and who it is assigned to, as long as they belong to the organization."""
    member = membership_in(slug, user)
    ticket = seen_by(member).select_related("organization").filter(number=number).first()
    if ticket is None:
        raise Http404
    return ticket, member


def seen_by(member: Membership) -> TicketQuerySet:
    """Every ticket that this member may read, with its people and its space."""
    found = Ticket.objects.filter(organization=member.organization_id)
    found = found.select_related("space", "reporter", "assignee")
    return found if member.is_admin else found.filter(Q(reporter=member.user_id) | Q(assignee=member.user_id))


def reporter_in(slug: str, user: User) -> Membership:
    """A member who may open tickets: anybody but viewers."""
    member = membership_in(slug, user)
    refuse_viewers(member)
    return member


def reporter_in_room(code: str, visitor: Visitor, address: str) -> Membership:
    """The same for who is at the door of a room of the organization, or inside."""
    room = guarded(address, lambda: room_for_visitor(code, visitor))
    member = _member_of_room(room, visitor.user)
    if member is None:
        raise Http404
    refuse_viewers(member)
    return member


def may_report_from(room: Room, user: Any) -> bool:
    member = _member_of_room(room, user) if user.is_authenticated else None
    return member is not None and not member.is_viewer


def _member_of_room(room: Room, user: User | None) -> Membership | None:
    if user is None or room.organization_id is None:
        return None
    return memberships_of(user).filter(organization=room.organization_id).first()


def reporter_at_door(space: Space, user: Any) -> Membership | None:
    """Somebody at the door who is signed in and may open tickets here has a name already."""
    if not user.is_authenticated:
        return None
    member = memberships_of(user).filter(organization=space.organization_id).first()
    return member if member and not member.is_viewer else None


def spaces_in(member: Membership) -> "QuerySet[Space]":
    return Space.objects.filter(organization=member.organization_id)


def assignable_in(organization_id: UUID) -> "QuerySet[User]":
    """Who can be given a ticket: administrators and members."""
    given = Membership.objects.filter(organization=organization_id).exclude(role=MembershipRole.VIEWER)
    return User.objects.filter(memberships__in=given, is_active=True).order_by("display_name")


def refuse_viewers(member: Membership) -> None:
    if member.is_viewer:
        raise Refused("ticket.not-allowed", _("You may look at what is here, but not change it."))


def works_on(ticket: Ticket, member: Membership) -> bool:
    return member.is_admin or (ticket.assignee_id == member.user_id and not member.is_viewer)


def moves(ticket: Ticket, member: Membership) -> list[TicketState]:
    """Where this member may take the ticket from where it is, what comes next first.

    Who reported it closes it, and opens it again.
    """
    ways = (TicketState.IN_PROGRESS, TicketState.RESOLVED, TicketState.CLOSED, TicketState.OPEN)
    ahead = [state for state in ways if state in NEXT[TicketState(ticket.state)]]
    if works_on(ticket, member):
        return ahead
    if member.is_viewer or ticket.reporter_id != member.user_id:
        return []
    theirs = {TicketState.CLOSED, TicketState.OPEN} if ticket.is_solved else {TicketState.CLOSED}
    return [state for state in ahead if state in theirs]


def may_comment(ticket: Ticket, member: Membership) -> bool:
    return works_on(ticket, member) or (ticket.reporter_id == member.user_id and not member.is_viewer)


def warning_for(spaces: Iterable[Space]) -> dict[UUID, list[Ticket]]:
    """What blocks each of these spaces now, the oldest first, by the space's key; one query.

    For everybody who may book there or reads what is booked; templates show it with `bookings/tickets/warning.html`.
    """
    found: dict[UUID, list[Ticket]] = defaultdict(list)
    for ticket in Ticket.objects.blocking().filter(space__in=list(spaces)).order_by("created_at"):
        if ticket.space_id:
            found[ticket.space_id].append(ticket)
    return dict(found)


def warnings_in(spaces: Collection[Space]) -> list[tuple[Space, list[Ticket]]]:
    """Which of these are blocked, by what."""
    blocked = warning_for(spaces)
    return [(space, blocked[space.pk]) for space in spaces if space.pk in blocked]


def warnings_of(booking: Booking) -> list[tuple[Space, list[Ticket]]]:
    """As `warnings_in` its spaces; nothing once it is over or off."""
    stands = Booking.objects.standing().filter(pk=booking.pk).exists()
    return warnings_in(list(booking.spaces.all())) if stands else []


def bookings_blocked_by(ticket: Ticket) -> "QuerySet[Booking]":
    """Standing bookings of the space, from now on, while the ticket blocks it."""
    if not ticket.blocks:
        return Booking.objects.none()
    held = Booking.objects.standing().filter(slots__space=ticket.space_id, slots__is_held=True)
    return held.select_related("organizer").order_by("starts_at")


def blocked_bookings_shown_to(member: Membership, ticket: Ticket) -> "QuerySet[Booking]":
    return bookings_blocked_by(ticket) if member.is_admin else Booking.objects.none()


def organizers_blocked_by(ticket: Ticket) -> dict[User, list[Booking]]:
    """Whose bookings of the next seven days the ticket concerns."""
    found: dict[User, list[Booking]] = defaultdict(list)
    for booking in bookings_blocked_by(ticket).filter(starts_at__lt=timezone.now() + SOON):
        if booking.organizer is not None and booking.organizer.is_active:
            found[booking.organizer].append(booking)
    return dict(found)
