"""Verbs on tickets. Each change is one transaction with its line of history, its audit entry and its mail."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.actions import Action
from audit.services import record
from bookings.spaces.models import Space
from bookings.tickets import access, mails
from bookings.tickets.models import UNSOLVED, Ticket, TicketEntry, TicketState
from mail.services import take_back
from organizations.models import Membership, Organization
from realtime.refusals import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What somebody says is wrong. `photo` is a WebP, `facts` those of `bookings.tickets.facts`."""

    title: str
    description: str = ""
    space: Space | None = None
    is_blocking: bool = False
    photo: bytes = b""
    facts: dict[str, str] = field(default_factory=dict)


@transaction.atomic
def open_ticket(*, reporter: Membership, report: Report) -> Ticket:
    access.refuse_viewers(reporter)
    user = reporter.user
    return _open(reporter.organization, report, reporter=user, reporter_name=user.display_name)


@transaction.atomic
def open_ticket_at_door(*, space: Space, member: Membership | None, name: str, report: Report) -> Ticket:
    """By a member, or by somebody nobody knows. That the space is blocked is for others to say."""
    found = replace(report, space=space, is_blocking=False)
    if member is not None:
        return open_ticket(reporter=member, report=found)
    return _open(space.organization, found, reporter=None, reporter_name=name)


@transaction.atomic
def move(*, ticket: Ticket, member: Membership, version: int, state: TicketState) -> Ticket:
    _check_version(ticket, version)
    if state not in access.moves(ticket, member):
        raise _no_such_step(ticket, member)
    moved = _change(ticket, member, state=state)
    mails.tell_moved(moved, actor=member.user)
    _follow_blocking(ticket, moved, actor=member.user)
    return moved


@transaction.atomic
def arrange(*, ticket: Ticket, member: Membership, version: int, assignee: User | None, is_blocking: bool) -> Ticket:
    """Who sees to it, and whether its space can be used meanwhile."""
    _check_version(ticket, version)
    if not access.works_on(ticket, member):
        raise _not_yours()
    _check_block(is_blocking, ticket.space)
    if assignee and assignee.pk != ticket.assignee_id:
        _check_assignee(assignee, ticket)
    changed = _change(ticket, member, assignee=assignee, is_blocking=is_blocking)
    mails.tell_assigned(changed, before=ticket.assignee, actor=member.user)
    _follow_blocking(ticket, changed, actor=member.user)
    return changed


@transaction.atomic
def comment(*, ticket: Ticket, member: Membership, text: str) -> TicketEntry:
    if not access.may_comment(ticket, member):
        raise _not_yours()
    entry = _entry(ticket, member.user, comment=text)
    Ticket.objects.filter(pk=ticket.pk).update(updated_at=entry.created_at)
    record(action=Action.TICKET_COMMENTED, entity=ticket, actor=member.user, organization=ticket.organization_id)
    mails.tell_comment(ticket, entry, actor=member.user)
    return entry


@transaction.atomic
def hand_back(*, member: Membership) -> None:
    """What somebody who leaves the organization was to see to is nobody's again."""
    theirs = Ticket.objects.filter(organization=member.organization_id, assignee=member.user_id, state__in=UNSOLVED)
    for ticket in theirs.select_for_update():
        Ticket.objects.filter(pk=ticket.pk).update(assignee=None, version=F("version") + 1)
        _entry(ticket, member.user, changes={"left": [member.user.display_name, ""]})
        take_back(about=ticket, recipients=[member.user.email])


def _open(organization: Organization, report: Report, *, reporter: User | None, reporter_name: str) -> Ticket:
    if report.space is not None and report.space.organization_id != organization.pk:
        raise Refused("ticket.no-such-space", _("Choose a space of this organization."))
    _check_block(report.is_blocking, report.space)
    ticket = Ticket.objects.create(
        organization=organization,
        number=_next_number(organization),
        reporter=reporter,
        reporter_name=reporter_name,
        **{name: getattr(report, name) for name in ("space", "title", "description", "is_blocking", "facts")},
    )
    record(
        action=Action.TICKET_OPENED,
        entity=ticket,
        actor=reporter,
        organization=organization.pk,
        number=ticket.number,
        space=str(ticket.space_id) if ticket.space_id else None,
        is_blocking=ticket.is_blocking,
    )
    mails.tell_opened(ticket)
    if ticket.blocks:
        mails.tell_blocked(ticket, actor=reporter)
    _keep_photo(ticket, report.photo)
    return ticket


def _next_number(organization: Organization) -> int:
    """One after the other, without gaps: whoever opens a ticket waits for the organization's row."""
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    last = Ticket.objects.filter(organization=organization).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def _keep_photo(ticket: Ticket, photo: bytes) -> None:
    """Last of all: what refuses the rows leaves no file."""
    if not photo:
        return
    ticket.photo.save(f"{secrets.token_hex(16)}.webp", ContentFile(photo), save=False)
    try:
        ticket.save(update_fields=["photo"])
    except BaseException:
        ticket.photo.delete(save=False)
        raise


def _change(ticket: Ticket, member: Membership, **values: Any) -> Ticket:
    """The ticket with these values, if nobody was faster: the version is compared and counted in one statement."""
    seen = Ticket.objects.filter(pk=ticket.pk, version=ticket.version)
    if not seen.update(version=F("version") + 1, updated_at=timezone.now(), **values):
        raise _changed()
    changed = Ticket.objects.select_related("organization", "space", "reporter", "assignee").get(pk=ticket.pk)
    differences = _differences(ticket, changed)
    if differences:
        _entry(ticket, member.user, changes=differences)
        organization = ticket.organization_id
        record(action=Action.TICKET_CHANGED, entity=ticket, actor=member.user, organization=organization, **differences)
    return changed


SHOWN: dict[str, Callable[[Ticket], Any]] = {
    "state": lambda ticket: str(ticket.state),
    "assignee": lambda ticket: ticket.assignee.display_name if ticket.assignee else "",
    "is_blocking": lambda ticket: ticket.is_blocking,
}


def _differences(before: Ticket, after: Ticket) -> dict[str, list[Any]]:
    pairs = {name: [shown(before), shown(after)] for name, shown in SHOWN.items()}
    if before.assignee_id == after.assignee_id:
        del pairs["assignee"]  # a new name is no new person
    return {name: pair for name, pair in pairs.items() if name == "assignee" or pair[0] != pair[1]}


def _entry(ticket: Ticket, author: User, **what: Any) -> TicketEntry:
    return TicketEntry.objects.create(ticket=ticket, author=author, author_name=author.display_name, **what)


def _follow_blocking(before: Ticket, after: Ticket, *, actor: User) -> None:
    if after.blocks and not before.blocks:
        mails.tell_blocked(after, actor=actor)
    if before.blocks and not after.blocks:
        mails.take_back_blocked(before)


def _check_version(ticket: Ticket, version: int) -> None:
    """First of all: what may be done now says nothing of what was on the page."""
    if version != ticket.version:
        raise _changed()


def _changed() -> Refused:
    return Refused("ticket.changed", _("Somebody changed this ticket meanwhile. This is how it is now."))


def _check_block(is_blocking: bool, space: Space | None) -> None:
    if is_blocking and space is None:
        raise Refused("ticket.nothing-to-block", _("Choose the space that cannot be used."))


def _check_assignee(assignee: User, ticket: Ticket) -> None:
    if not access.assignable_in(ticket.organization_id).filter(pk=assignee.pk).exists():
        raise Refused("ticket.assignee-unknown", _("Choose an administrator or a member of this organization."))


def _not_yours() -> Refused:
    return Refused("ticket.not-yours", _("Only an administrator, or who the ticket is assigned to, can do that."))


def _no_such_step(ticket: Ticket, member: Membership) -> Refused:
    if access.works_on(ticket, member):
        return Refused("ticket.no-such-step", _("The ticket cannot go there from where it is."))
    return _not_yours()
