from typing import Any

from django.db import models

from audit import origin
from audit.actions import Action
from audit.models import AuditEntry


def record(
    *, action: Action, entity: models.Model, actor: models.Model | None = None, organization: Any = None, **changes: Any
) -> AuditEntry:
    """Writes one entry in the transaction of the change it speaks of.

    `actor` is a user or None for guests and the system; `organization`: the key of the one whose administrators read
    it; `changes` are JSON values, never secrets or message text.
    """
    where = origin.current()
    return AuditEntry.objects.create(
        actor_id=actor.pk if actor is not None else None,
        organization=organization,
        action=action,
        entity=entity._meta.label_lower,
        entity_id=str(entity.pk),
        changes=changes,
        ip_address=where.ip_address,
        user_agent=where.user_agent,
    )
