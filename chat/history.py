"""What was said, read in pages: the latest, and older ones by cursor."""

import re
from typing import Any
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from chat.events import file_state, message_state, reactions_state
from chat.models import Message, MessageType, Reading, Thread
from chat.switches import switches
from realtime.refusals import Refused
from rooms.models import Meeting, Participant
from rooms.record import Figure, Rows

PAGE = 50


def older(*, reader: Participant, before: int | None, limit: int = PAGE) -> dict[str, Any]:
    """The messages before number `before` (None: the latest), oldest first; `more` when there are still older ones."""
    messages = Message.objects.visible().readable_by(reader).in_full().filter(thread_id=reader.meeting_id)
    if before is not None:
        messages = messages.filter(number__lt=before)
    found = list(messages.order_by("-number")[: limit + 1])
    return {"messages": [message_state(one) for one in reversed(found[:limit])], "more": len(found) > limit}


def search(*, reader: Participant, text: str) -> list[dict[str, Any]]:
    """The latest of what people said, this one may read, and has this in it, in either case; latest first."""
    wanted = text.strip()
    if not wanted:
        raise Refused("search.empty", _("There is nothing to search for."))
    readable = Message.objects.visible().spoken().readable_by(reader).in_full()
    # Not `icontains`: for SQLite's LIKE only the letters of ASCII have a case.
    said = readable.filter(thread_id=reader.meeting_id, content__iregex=re.escape(wanted))
    return [message_state(one) for one in said.order_by("-number")[:PAGE]]


def snapshot(participant: Participant) -> dict[str, Any]:
    """The thread of a participant's meeting. `seq` is read first: an event may then come twice, but is never lost."""
    thread_id = participant.meeting_id
    seq = current_seq(thread_id)
    read = Reading.objects.filter(thread_id=thread_id, participant=participant).values_list("number", flat=True)
    return {
        "seq": seq,
        "read": read.first() or 0,
        **switches(participant.meeting),
        **older(reader=participant, before=None),
    }


def current_seq(thread_id: UUID) -> int:
    return Thread.objects.filter(pk=thread_id).values_list("seq", flat=True).first() or 0


def record_of(meeting: Meeting, reader: User | None = None) -> list[dict[str, Any]]:
    """The chat's part of a meeting's record, in order: what all could read, and what was private to this reader."""
    messages = Message.objects.visible().in_full().filter(thread__meeting=meeting)
    readable = messages.readable_later_by(reader) if reader else messages.public()
    return [_row_of_record(one) for one in readable.order_by("number")]


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
        "to": message.recipient_name,
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
    """What people said to all, in order, each with its time in UTC; indented lines go on: none passes for another."""
    spoken = Message.objects.visible().spoken().public().filter(thread__meeting=meeting).order_by("number")
    return "".join(map(_line, spoken))


def _line(message: Message) -> str:
    words = "\n    ".join(message.content.splitlines())
    return f"{message.created_at:%Y-%m-%d %H:%M:%S}Z {message.author_name}: {words}\n"
