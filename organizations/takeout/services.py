from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import Action
from audit.services import record
from organizations.models import Export, ExportState, Organization
from organizations.services import locked
from organizations.takeout.making import KEPT
from organizations.work import make_export


@transaction.atomic
def ask_for_export(*, organization: Organization, actor: User) -> Export:
    """The one that is being made already, or a new one."""
    organization = locked(organization)
    running = Export.objects.filter(organization=organization, state=ExportState.PENDING).first()
    if running is not None:
        return running
    export = Export.objects.create(organization=organization, requested_by=actor, expires_at=timezone.now() + KEPT)
    make_export.enqueue(str(export.pk))
    record(action=Action.ORGANIZATION_EXPORTED, entity=organization, actor=actor, organization=organization.pk)
    return export
