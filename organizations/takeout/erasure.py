"""Deletes an organization with all that belongs to it, files included. The audit entry says what that was."""

from collections.abc import Iterator
from functools import partial
from typing import Any
from uuid import UUID

from django.core.files.storage import Storage
from django.db import router, transaction
from django.db.models import FileField, QuerySet
from django.db.models.deletion import Collector
from django.http import Http404

from accounts.models import User
from audit.actions import Action
from audit.models import AuditEntry
from audit.services import record
from mail.services import take_back
from organizations.models import Organization
from organizations.services import locked
from organizations.signals import organization_closing
from realtime.deadlocks import retried


@retried
def erase(*, organization: Organization, actor: User) -> AuditEntry:
    """The entry counts the rows of each kind, and the files."""
    list(locked(organization).memberships.select_for_update().order_by("pk"))  # whoever books is done, or waits
    organization = locked(organization, to_erase=True)
    for invitation in organization.invitations.filter(accepted_at=None):
        take_back(about=invitation, recipients=[invitation.email])
    organization_closing.send(sender=Organization, organization=organization, actor=actor)
    files = set(_files_of(organization))
    key, name, slug = organization.pk, organization.name, organization.slug
    _total, counts = organization.delete()
    organization.pk = key  # so that the entry can name it
    for storage, path in files:
        transaction.on_commit(partial(storage.delete, path))
    return record(
        action=Action.ORGANIZATION_DELETED,
        entity=organization,
        actor=actor,
        organization=key,
        name=name,
        slug=slug,
        deleted={kind.lower(): count for kind, count in sorted(counts.items()) if count},
        files=len(files),
    )


def receipt_for(user: User, entry_id: UUID) -> AuditEntry:
    """The entry of what this person deleted, else 404."""
    erased = AuditEntry.objects.select_related("actor").filter(action=Action.ORGANIZATION_DELETED, actor=user)
    entry = erased.filter(pk=entry_id).first()
    if entry is None:
        raise Http404
    return entry


def receipt(entry: AuditEntry) -> dict[str, Any]:
    """JSON values. By number and hash the entry is found in the audit trail, which outlives the organization."""
    return {
        "organization": {"id": str(entry.organization), "name": entry.changes["name"], "slug": entry.changes["slug"]},
        "deleted": entry.changes["deleted"],
        "files": entry.changes["files"],
        "at": entry.at.isoformat(),
        "by": {"id": str(entry.actor_id), "name": str(entry.actor)},
        "audit_entry": {"id": str(entry.pk), "number": entry.number, "hash": entry.hash},
    }


def _files_of(organization: Organization) -> Iterator[tuple[Storage, str]]:
    """Of every row that goes along, whichever app it is of."""
    collector = Collector(using=router.db_for_write(Organization), origin=organization)
    collector.collect([organization])
    collected = [*collector.data.items(), *((rows.model, rows) for rows in collector.fast_deletes)]
    for model, rows in collected:
        for field in model._meta.fields:
            if isinstance(field, FileField):
                yield from ((field.storage, path) for path in _paths(rows, field.name) if path)


def _paths(rows: Any, field: str) -> Iterator[str]:
    if isinstance(rows, QuerySet):
        yield from rows.values_list(field, flat=True)
    else:
        yield from (getattr(row, field).name for row in rows)
