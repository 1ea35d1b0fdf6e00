"""Taking what was said along."""

from uuid import UUID

from django.db import transaction

from audit.actions import Action
from audit.services import record
from chat import history
from rooms import access


@transaction.atomic
def export_text(*, participant_id: UUID) -> str:
    """For hosts inside; that it was taken is recorded."""
    host = access.hosting(participant_id)
    record(action=Action.CHAT_EXPORTED, entity=host.meeting, actor=host.user)
    return history.as_text(host.meeting)
