"""What the relay must know of a meeting: it follows the same events as the people in it."""

from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.dispatch import receiver

from rooms.models import Engine, Meeting
from rooms.signals import meeting_told
from signaling.relays import post
from signaling.services.carrying import sources_of

CHANGED = {"participant.returned", "participant.updated"}  # who has just joined has yet to enter the relay


@receiver(meeting_told)
def tell_relay(sender: Any, meeting: Meeting, event: str, fields: dict[str, Any], **kwargs: Any) -> None:
    message = _message(meeting, event, fields) if settings.RELAY_WORKERS else None
    if message is not None:
        transaction.on_commit(partial(post, meeting.pk, {**message, "meeting": meeting.pk}))


def _message(meeting: Meeting, event: str, fields: dict[str, Any]) -> dict[str, Any] | None:
    if event in CHANGED and meeting.engine == Engine.RELAY:
        person = fields["participant"]
        granted = {"sources": sources_of(person), "receive": True, "seq": meeting.seq}
        return {"type": "grant", "participant": person["id"], **granted}
    if event == "participant.left":  # also of a meeting that has gone back: pages linger until the other way plays
        return {"type": "leave", "participant": fields["participant"]}
    return {"type": "close"} if event == "meeting.ended" else None
