"""What administrators have before them: filtered, in order."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bookings.spaces.models import Space
from bookings.tickets.access import seen_by
from bookings.tickets.models import UNSOLVED, TicketQuerySet
from organizations.models import Membership

ALL, NOBODY = "ALL", "NOBODY"
UNSOLVED_OR_ALL: list[tuple[str, Promise]] = [("", _("Unsolved")), (ALL, _("All"))]
ORDERS: list[tuple[str, Promise]] = [
    ("", _("Newest first")),
    ("created_at", _("Oldest first")),
    ("-updated_at", _("Latest change first")),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """`assignee`: the key of a person, or NOBODY. What is empty filters nothing, but for `state`: what is unsolved."""

    text: str = ""
    state: str = ""
    space: Space | None = None
    assignee: str = ""
    order: str = ""


def queue_of(member: Membership, wishes: Wishes) -> TicketQuerySet:
    found = seen_by(member)
    if wishes.state != ALL:
        found = found.filter(state=wishes.state) if wishes.state else found.filter(state__in=UNSOLVED)
    if wishes.space:
        found = found.filter(space=wishes.space)
    if wishes.assignee:
        found = found.filter(assignee=None if wishes.assignee == NOBODY else UUID(wishes.assignee))
    return _about(found, wishes.text).order_by(wishes.order or "-created_at", "-number")


def mine(member: Membership) -> TicketQuerySet:
    """What this member reported or sees to: the unsolved first, then the latest change."""
    found = seen_by(member).filter(Q(reporter=member.user_id) | Q(assignee=member.user_id))
    return found.alias(is_unsolved=Q(state__in=UNSOLVED)).order_by("-is_unsolved", "-updated_at", "-number")


def _about(found: TicketQuerySet, text: str) -> TicketQuerySet:
    """By number, as #12, or by words of title and description."""
    number = text.removeprefix("#")
    if not text:
        return found
    if number.isdecimal() and len(number) < 10:
        return found.filter(number=int(number))
    return found.filter(Q(title__icontains=text) | Q(description__icontains=text))
