"""Whom a message is for, and whom it names."""

from collections.abc import Collection
from typing import Any, cast
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from chat.models import NAME_LENGTH, Mention, Message
from chat.switches import private_messages_must_be_allowed
from realtime.refusals import Refused
from rooms import access
from rooms.models import Participant


def recipient_for(author: Participant, *, to: UUID | None, original: Message | None) -> Participant | None:
    """Who alone is to read it, None for everybody. An answer to a private message stays between the two."""
    if original is not None and original.is_private:
        other = original.counterpart_of(author)
        if to not in (None, other):
            raise Refused("private.other-recipient", _("A private message is answered privately, to the same person."))
        to = cast(UUID, other)  # None, where the row is gone, is nobody's id
    elif to is None:
        return None
    if to == author.pk:
        raise Refused("private.to-yourself", _("You cannot write privately to yourself."))
    private_messages_must_be_allowed(author.meeting)
    return access.other(author, to)


def addressed_to(recipient: Participant | None) -> dict[str, Any]:
    """The fields of a message that say so."""
    if recipient is None:
        return {}
    return {"is_private": True, "recipient": recipient, "recipient_name": recipient.name[:NAME_LENGTH]}


def mention(message: Message, people: Collection[UUID]) -> None:
    """Notes whom of these the message names, in place of whom it named before: readers inside, and named with an @."""
    message.mentions.all().delete()
    inside = Participant.objects.admitted().select_related("user").filter(meeting=message.thread_id, pk__in=people)
    pair = (message.participant_id, message.recipient_id)
    readers = [one for one in inside if not message.is_private or one.pk in pair]
    found = [Mention(message=message, participant=one, name=one.name[:NAME_LENGTH]) for one in readers]
    Mention.objects.bulk_create([one for one in found if str(one) in message.content])
