"""Verbs on threads: saying something, and having read it."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import transaction

from chat.access import locked_thread, message_in
from chat.events import next_seq, tell_posted, tell_typing
from chat.models import NAME_LENGTH, Message, MessageType, Reading, Thread
from chat.refusals import message_not_found
from chat.services.addressing import addressed_to, mention, recipient_for
from chat.switches import chat_must_be_on
from chat.wording import cleaned
from realtime import topics
from realtime.broadcast import close_sockets
from realtime.refusals import Close
from rooms import access
from rooms.models import Attendance, Participant, ParticipantState


@transaction.atomic
def post_message(
    *,
    participant_id: UUID,
    text: str,
    client_id: UUID,
    reply_to: UUID | None = None,
    to: UUID | None = None,
    mentions: Collection[UUID] = (),
) -> Message:
    """Says `text` once, to all or to one: the same `client_id` again answers with what is there, and tells nobody."""
    content = cleaned(text)
    participant = access.admitted(participant_id)
    thread = locked_thread(participant.meeting)
    said = said_already(thread, participant, client_id)
    if said is not None:
        return said
    original = message_in(thread, reply_to, participant) if reply_to else None
    recipient = recipient_for(participant, to=to, original=original)
    fields = {"author_id": participant.user_id, "content": content, "client_id": client_id, "reply_to": original}
    message = add_message(thread, participant, **fields, **addressed_to(recipient))
    mention(message, mentions)
    tell_posted(message)
    return message


def said_already(thread: Thread, participant: Participant, client_id: UUID) -> Message | None:
    """The message that this is sent again, None for a new one; a new one is refused where chat is off."""
    said = Message.objects.filter(thread=thread, participant=participant, client_id=client_id).first()
    if said is not None and said.deleted_at:
        raise message_not_found()
    if said is None:
        chat_must_be_on(participant.meeting)
    return said


def note_typing(*, participant_id: UUID, on: bool) -> None:
    """In passing: nothing is kept of it."""
    participant = access.inside(participant_id)
    chat_must_be_on(participant.meeting)
    tell_typing(participant, on=on)


def announce(*, participant: Participant, content: str) -> None:
    """Notes in the meeting's thread what became of somebody. Part of the caller's transaction."""
    thread = locked_thread(participant.meeting)
    tell_posted(add_message(thread, participant, type=MessageType.SYSTEM, content=content), soon=True)


def add_message(thread: Thread, participant: Participant, **fields: Any) -> Message:
    number, name = next_seq(thread), participant.name[:NAME_LENGTH]
    return Message.objects.create(thread=thread, number=number, participant=participant, author_name=name, **fields)


@transaction.atomic
def mark_read(*, participant_id: UUID, number: int) -> None:
    """Only ever forward, and not beyond what has been said."""
    participant = access.inside(participant_id)
    thread = Thread.objects.filter(meeting_id=participant.meeting_id).first()
    if thread is None:
        return
    number = min(number, thread.seq)
    row, made = Reading.objects.get_or_create(thread=thread, participant=participant, defaults={"number": number})
    if not made:
        Reading.objects.filter(pk=row.pk, number__lt=number).update(number=number)


def close_chat_of(*, participant: Participant) -> None:
    """Closes the chat sockets of the stay that has just ended; not those of a page that is already back."""
    if participant.state == ParticipantState.REMOVED:
        return  # whoever removes closes every socket of that person, and says so by another code
    stay = Attendance.objects.filter(participant=participant).latest("joined_at")
    close_sockets(topics.thread(participant.meeting_id), Close.LEFT, to={"stay": str(stay.pk)})
