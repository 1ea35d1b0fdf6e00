"""What the people of a thread are told. The caller holds the thread's row lock, so `seq` has no gaps and no twins."""

from typing import Any

from chat.models import Message, Thread
from realtime import topics
from realtime.broadcast import broadcast


def message_state(message: Message) -> dict[str, Any]:
    """A message as everybody in the thread sees it. Its author's page knows it again by `client_id`."""
    return {
        "id": message.pk,
        "number": message.number,
        "type": message.type,
        "content": message.content,
        "author": {"participant": message.participant_id, "name": message.author_name},
        "client_id": message.client_id,
        "at": message.created_at,
        "edited_at": message.edited_at,
    }


def next_seq(thread: Thread) -> int:
    """Counts one event of the thread."""
    thread.seq += 1
    Thread.objects.filter(pk=thread.pk).update(seq=thread.seq)
    return thread.seq


def tell_posted(message: Message, *, soon: bool = False) -> None:
    """On commit. `soon` for what comes in storms: it may wait 100 ms to be gathered, and keeps its place."""
    event = {"type": "message.posted", "seq": message.number, "message": message_state(message)}
    broadcast(topics.thread(message.thread_id), event, soon=soon)


def tell_edited(message: Message, *, seq: int) -> None:
    event = {"type": "message.edited", "seq": seq, "message": message_state(message)}
    broadcast(topics.thread(message.thread_id), event)


def tell_deleted(message: Message, *, seq: int) -> None:
    broadcast(topics.thread(message.thread_id), {"type": "message.deleted", "seq": seq, "message": message.pk})
