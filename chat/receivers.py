"""Who comes and goes is told in the meeting's chat; a file goes with its row."""

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

from chat.models import Attachment
from chat.services import talking
from rooms.models import Participant
from rooms.signals import participant_joined, participant_left


@receiver(participant_joined)
def note_joined(sender: Any, participant: Participant, **kwargs: Any) -> None:
    talking.announce(participant=participant, content="joined")


@receiver(participant_left)
def note_left(sender: Any, participant: Participant, **kwargs: Any) -> None:
    talking.announce(participant=participant, content="left")
    talking.close_chat_of(participant=participant)


@receiver(post_delete, sender=Attachment)
def delete_file(sender: Any, instance: Attachment, **kwargs: Any) -> None:
    """Whichever way the row went: its message, its room, or by hand."""
    transaction.on_commit(lambda: instance.file.delete(save=False))
