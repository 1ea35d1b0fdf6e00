"""Verbs that answer a message without words."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from chat.access import locked_thread, message_in
from chat.events import next_seq, reactions_state, tell_reacted
from chat.models import EMOJI, Reaction
from chat.switches import chat_must_be_on, private_messages_must_be_allowed
from realtime.refusals import Refused
from rooms import access
from rooms.models import Participant


@transaction.atomic
def react(*, participant_id: UUID, message_id: UUID, emoji: str, on: bool) -> list[dict[str, Any]]:
    """Puts a reaction on a message or takes it off; what is so already changes nothing and tells nobody."""
    participant = access.admitted(participant_id)
    _check(participant, emoji)
    thread = locked_thread(participant.meeting)
    message = message_in(thread, message_id, participant)
    if message.is_private:
        private_messages_must_be_allowed(participant.meeting)
    mine = Reaction.objects.filter(message=message, participant=participant, emoji=emoji)
    if mine.exists() != on:
        if on:
            Reaction.objects.create(message=message, participant=participant, emoji=emoji)
        else:
            mine.delete()
        message = message_in(thread, message_id, participant)  # its reactions were read before
        tell_reacted(message, seq=next_seq(thread))
    return reactions_state(message)


def _check(participant: Participant, emoji: str) -> None:
    if emoji not in EMOJI:
        raise Refused("reaction.unknown", _("This reaction is not among those that can be sent."))
    chat_must_be_on(participant.meeting)
    room = participant.meeting.room
    if room is not None and not room.settings.allow_reactions:
        raise Refused("reaction.not-allowed", _("The host has turned off reactions."))
