"""The part of the audit trail that an organization's administrators read: what carries its key, and nothing else."""

from collections.abc import Iterable, Iterator
from itertools import islice

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from audit.chain import verify
from audit.models import AuditEntry
from organizations.models import Organization

FAULTS = 1000  # looked at; a trail with more is beyond counting


def entries_of(organization: Organization) -> QuerySet[AuditEntry]:
    """The latest first."""
    found = AuditEntry.objects.select_related("actor").filter(organization=organization.pk)
    return found.order_by("-at", "-pk")


def actions_in(organization: Organization) -> Iterable[str]:
    return entries_of(organization).order_by("action").values_list("action", flat=True).distinct()


def actors_in(organization: Organization) -> Iterable[User]:
    keys = entries_of(organization).order_by().values("actor").distinct()
    return User.objects.filter(pk__in=keys).order_by("display_name")


def said(entry: AuditEntry) -> Iterator[tuple[str, str]]:
    """Field and value; where something changed, before and after."""
    for field, value in entry.changes.items():
        words = " → ".join(map(str, value)) if isinstance(value, list) and len(value) == 2 else str(value)
        yield field, words


def faults_of(organization: Organization) -> list[str]:
    """What is wrong with the trail, in words that tell nothing of other organizations."""
    found = list(islice(verify(), FAULTS))
    own = set(entries_of(organization).values_list("number", flat=True))
    named = [str(fault) for fault in found if fault.number in own]
    others = len(found) - len(named)
    if others:
        text = ngettext("%(count)d entry elsewhere", "%(count)d entries elsewhere", others) % {"count": others}
        named.append(_("In the trail of this site as a whole: %(faults)s missing or changed.") % {"faults": text})
    return named
