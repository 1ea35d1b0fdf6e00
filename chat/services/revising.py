"""Verbs on what was said: putting it otherwise, and taking it back."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit.actions import Action
from audit.services import record
from chat.access import locked_thread, message_in
from chat.events import next_seq, tell_deleted, tell_edited
from chat.models import Attachment, Message, MessageType, Thread
from chat.refusals import not_yours
from chat.services.addressing import mention
from chat.switches import chat_must_be_on, private_messages_must_be_allowed
from chat.wording import cleaned
from rooms import access
from rooms.models import Participant


@transaction.atomic
def edit_message(*, participant_id: UUID, message_id: UUID, text: str, mentions: Collection[UUID] = ()) -> Message:
    """Puts one's own words otherwise, to whom they were said; the same words again change nothing and tell nobody."""
    content = cleaned(text)
    participant = access.admitted(participant_id)
    thread = locked_thread(participant.meeting)
    message = message_in(thread, message_id, participant)
    if message.participant_id != participant.pk or message.type != MessageType.TEXT:
        raise not_yours()
    chat_must_be_on(participant.meeting)
    if message.is_private:
        private_messages_must_be_allowed(participant.meeting)
    if content != message.content:
        message.content, message.edited_at = content, timezone.now()
        message.save(update_fields=["content", "edited_at", "updated_at"])
        mention(message, mentions)
        tell_edited(message, seq=next_seq(thread))
    return message


@transaction.atomic
def delete_message(*, participant_id: UUID, message_id: UUID) -> None:
    """One's own, or as a host whatever one may read. The words are gone from the row too; that it was there stays."""
    participant = access.admitted(participant_id)
    thread = locked_thread(participant.meeting)
    message = message_in(thread, message_id, participant)
    if not _may_delete(participant, message):
        raise not_yours()
    _empty(message, thread)
    record(action=Action.MESSAGE_DELETED, entity=message, actor=participant.user, meeting=str(thread.pk))


def _may_delete(participant: Participant, message: Message) -> bool:
    return message.participant_id == participant.pk or participant.is_hosting


def _empty(message: Message, thread: Thread) -> None:
    message.content, message.deleted_at = "", timezone.now()
    message.save(update_fields=["content", "deleted_at", "updated_at"])
    message.reactions.all().delete()
    message.mentions.all().delete()
    Attachment.objects.filter(message=message).delete()
    tell_deleted(message, seq=next_seq(thread))
