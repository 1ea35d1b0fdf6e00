"""What was said, read in pages: the latest, and older ones by cursor."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from chat.access import chat_is_on
from chat.events import file_state, message_state, reactions_state
from chat.models import Message, MessageType, Reading, Thread
from realtime.refusals import Refused
from rooms.models import Meeting, Participant
from rooms.record import Figure, Rows

PAGE = 50


def older(*, thread_id: UUID, before: int | None, limit: int = PAGE) -> dict[str, Any]:
    """The messages before number `before` (None: the latest), oldest first; `more` when there are still older ones."""
    messages = Message.objects.visible().in_full().filter(thread_id=thread_id)
    if before is not None:
        messages = messages.filter(number__lt=before)
    found = list(messages.order_by("-number")[: limit + 1])
    return {"messages": [message_state(one) for one in reversed(found[:limit])], "more": len(found) > limit}


def search(*, thread_id: UUID, text: str) -> list[dict[str, Any]]:
    """The latest of what people said and what has this in it, in either case; latest first."""
    wanted = text.strip()
    if not wanted:
        raise Refused("search.empty", _("There is nothing to search for."))
    said = Message.objects.visible().spoken().in_full().filter(thread_id=thread_id, content__icontains=wanted)
    return [message_state(one) for one in said.order_by("-number")[:PAGE]]


def snapshot(participant: Participant) -> dict[str, Any]:
    """The thread of a participant's meeting. `seq` is read first: an event may then come twice, but is never lost."""
    thread_id = participant.meeting_id
    seq = current_seq(thread_id)
    read = Reading.objects.filter(thread_id=thread_id, participant=participant).values_list("number", flat=True)
    return {
        "seq": seq,
        "read": read.first() or 0,
        "allowed": chat_is_on(participant.meeting),
        **older(thread_id=thread_id, before=None),
    }


def current_seq(thread_id: UUID) -> int:
    return Thread.objects.filter(pk=thread_id).values_list("seq", flat=True).first() or 0


def record_of(meeting: Meeting, reader: User | None = None) -> list[dict[str, Any]]:
    """The chat's part of a meeting's record, in order."""
    spoken = Message.objects.visible().in_full().filter(thread__meeting=meeting).order_by("number")
    return [_row_of_record(one) for one in spoken]


def figures_of(rows: Rows) -> list[Figure]:
    """What the chat counts of its part of a record."""
    types = [row["type"] for row in rows]
    return [
        Figure("messages", gettext("Messages"), types.count(MessageType.TEXT)),
        Figure("files", gettext("Files"), types.count(MessageType.FILE)),
    ]


def _row_of_record(message: Message) -> dict[str, Any]:
    original = message.reply_to if message.reply_to and not message.reply_to.deleted_at else None
    return {
        "number": message.number,
        "at": message.created_at,
        "author": message.author_name,
        "type": message.type,
        "content": message.content,
        "edited": message.edited_at is not None,
        "reply_to": original.number if original else None,
        "reply_to_author": original.author_name if original else "",
        "file": file["url"] if (file := file_state(message)) else "",
        "size": file["size"] if file else None,
        "reactions": " ".join(f"{one['emoji']} {len(one['by'])}" for one in reactions_state(message)),
    }


def as_text(meeting: Meeting) -> str:
    """A line for each thing that people said, in order, with its time in UTC."""
    spoken = Message.objects.visible().spoken().filter(thread__meeting=meeting).order_by("number")
    return "".join(f"{one.created_at:%Y-%m-%d %H:%M:%S}Z {one.author_name}: {one.content}\n" for one in spoken)
