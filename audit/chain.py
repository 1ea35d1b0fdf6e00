"""Entries chained by hashes, so that one that is changed or missing is found: evidence of tampering, not a lock.

Entries are written unchained in the transaction they speak of, where a lock on the chain's end could deadlock, and
sealed a moment later by whichever process comes first.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.models import AuditEntry, Chain

WORDS = {
    "missing": _("Entry {number} is missing."),
    "changed": _("Entry {number} ({entry_id}) was changed after it was written, or the one before it was."),
    "unexpected": _("Entry {number} ({entry_id}) stands beyond the end of the chain."),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """`kind`: changed, missing, or unexpected (an entry beyond the chain's end). `entry_id` is "" for a missing one."""

    kind: str
    number: int
    entry_id: str = ""

    def __str__(self) -> str:
        return str(WORDS[self.kind]).format(number=self.number, entry_id=self.entry_id or _("the last"))


def digest(entry: AuditEntry, previous: str) -> str:
    """SHA-256 over everything the entry says, its place, and the hash before it."""
    said = {
        "number": entry.number,
        "id": str(entry.pk),
        "at": entry.at.isoformat(),
        "actor": str(entry.actor_id or ""),
        "action": entry.action,
        "entity": entry.entity,
        "entity_id": entry.entity_id,
        "changes": entry.changes,
        "ip_address": entry.ip_address or "",
        "user_agent": entry.user_agent,
        "previous": previous,
    }
    if entry.organization is not None:
        said["organization"] = str(entry.organization)
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


@transaction.atomic
def seal() -> int:
    """Chains what is not chained yet, and says how many entries that were."""
    if not AuditEntry.objects.unsealed().exists():
        return 0
    chain = _locked()
    waiting = list(AuditEntry.objects.unsealed().order_by("at", "pk"))
    for entry in waiting:
        entry.number = chain.end_number = chain.end_number + 1
        chain.end_hash = digest(entry, chain.end_hash)
        AuditEntry.objects.seal(entry, number=chain.end_number, digest=chain.end_hash)
    chain.save()
    return len(waiting)


def verify() -> Iterator[Fault]:
    """Recomputes every hash. After a fault it goes on from what is written, so that each fault is named once."""
    seal()
    chain = Chain.objects.filter(pk=1).first() or Chain()
    number, previous = chain.start_number, chain.start_hash
    for entry in AuditEntry.objects.filter(number__isnull=False).order_by("number").iterator():
        here = entry.number or 0
        yield from (Fault("missing", gap) for gap in range(number + 1, min(here, chain.end_number + 1)))
        if here > chain.end_number:
            yield Fault("unexpected", here, str(entry.pk))
        elif here == number + 1 and digest(entry, previous) != entry.hash:
            yield Fault("changed", here, str(entry.pk))
        number, previous = here, entry.hash
    yield from (Fault("missing", gap) for gap in range(number + 1, chain.end_number + 1))
    if number == chain.end_number and previous != chain.end_hash:
        yield Fault("changed", number)


@transaction.atomic
def prune(*, before: datetime) -> int:
    """Drops the entries from before then; the chain begins after them."""
    seal()
    chain = _locked()
    kept = AuditEntry.objects.filter(number__isnull=False, at__gte=before)
    first = kept.order_by("number").first()
    last = AuditEntry.objects.filter(number=(first.number - 1 if first and first.number else chain.end_number)).first()
    if last is None or last.number is None:
        return 0
    chain.start_number, chain.start_hash = last.number, last.hash
    chain.save()
    return AuditEntry.objects.prune(up_to=last.number)


def _locked() -> Chain:
    return Chain.objects.select_for_update().get_or_create(pk=1)[0]
