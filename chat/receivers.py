"""Who comes and goes is told in the meeting's chat."""

from typing import Any

from django.dispatch import receiver

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
