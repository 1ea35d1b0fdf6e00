"""What the people of a thread are told. The caller holds the thread's row lock, so `seq` has no gaps and no twins."""

from typing import Any

from django.urls import reverse

from chat.models import EMOJI, Message, MessageType, Thread
from realtime import topics
from realtime.broadcast import broadcast
from rooms.models import Participant

QUOTED = 80  # characters of a message that a reply to it shows


def message_state(message: Message) -> dict[str, Any]:
    """A message as everybody who may read it sees it. Its author's page knows it again by `client_id`."""
    return {
        "id": message.pk,
        "number": message.number,
        "type": message.type,
        "content": message.content,
        "author": {"participant": message.participant_id, "name": message.author_name},
        "to": recipient_state(message),
        "client_id": message.client_id,
        "at": message.created_at,
        "edited_at": message.edited_at,
        "reply_to": quote_of(message),
        "reactions": reactions_state(message),
        "file": file_state(message),
        "mentions": mentions_state(message),
    }


def recipient_state(message: Message) -> dict[str, Any] | None:
    """Whom alone it is for; None for everybody."""
    return {"participant": message.recipient_id, "name": message.recipient_name} if message.is_private else None


def file_state(message: Message) -> dict[str, Any] | None:
    attachment = getattr(message, "attachment", None) if message.type == MessageType.FILE else None
    if attachment is None:
        return None
    url = reverse("chat-file", args=[attachment.pk])
    return {"name": attachment.name, "size": attachment.size, "picture": attachment.is_picture, "url": url}


def quote_of(message: Message) -> dict[str, Any] | None:
    """What this message answers, as long as that is there."""
    original = message.reply_to
    if original is None or original.deleted_at is not None:
        return None
    return {"id": original.pk, "name": original.author_name, "text": original.content[:QUOTED]}


def mentions_state(message: Message) -> list[dict[str, Any]]:
    """Whom its text names with an @, and how."""
    if message.type != MessageType.TEXT:
        return []
    return [{"participant": one.participant_id, "name": one.name} for one in message.mentions.all()]


def reactions_state(message: Message) -> list[dict[str, Any]]:
    """Who put which emoji on it, in the order of the set."""
    if message.type == MessageType.SYSTEM:
        return []
    by: dict[str, list[dict[str, Any]]] = {emoji: [] for emoji in EMOJI}
    for one in message.reactions.all():
        by[one.emoji].append({"participant": one.participant_id, "name": one.participant.name})
    return [{"emoji": emoji, "by": people} for emoji, people in by.items() if people]


def next_seq(thread: Thread) -> int:
    """Counts one event of the thread."""
    thread.seq += 1
    Thread.objects.filter(pk=thread.pk).update(seq=thread.seq)
    return thread.seq


def tell_posted(message: Message, *, soon: bool = False) -> None:
    """On commit. `soon` for what comes in storms: it may wait 100 ms to be gathered, and keeps its place."""
    _tell(message, {"type": "message.posted", "seq": message.number, "message": message_state(message)}, soon=soon)


def tell_edited(message: Message, *, seq: int) -> None:
    _tell(message, {"type": "message.edited", "seq": seq, "message": message_state(message)})


def tell_deleted(message: Message, *, seq: int) -> None:
    _tell(message, {"type": "message.deleted", "seq": seq, "message": message.pk})


def tell_reacted(message: Message, *, seq: int) -> None:
    reactions = reactions_state(message)
    _tell(message, {"type": "message.reacted", "seq": seq, "message": message.pk, "reactions": reactions})


def _tell(message: Message, event: dict[str, Any], *, soon: bool = False) -> None:
    """Of a private message the others hear that the thread was counted on, and nothing else."""
    topic = topics.thread(message.thread_id)
    if not message.is_private:
        broadcast(topic, event, soon=soon)
        return
    pair = [str(one) for one in (message.participant_id, message.recipient_id) if one]
    broadcast(topic, event, to={"participant": pair}, others={"type": "thread.advanced", "seq": event["seq"]})


def tell_typing(participant: Participant, *, on: bool) -> None:
    event = {"type": "typing.changed", "participant": participant.pk, "name": participant.name, "on": on}
    broadcast(topics.thread(participant.meeting_id), event, soon=True)
