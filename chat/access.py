"""The only door to threads. Unknown and not-yours look the same."""

from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from chat.models import Attachment, Message, Thread
from chat.refusals import message_not_found
from realtime.refusals import Refused
from rooms.access import meeting_for_record, participant_of
from rooms.models import Meeting, Participant, ParticipantState
from rooms.visitors import Visitor


def participant_in(thread_id: UUID, visitor: Visitor) -> Participant:
    """Who this visitor is, while admitted, in the running meeting that the thread belongs to."""
    meeting = Meeting.objects.active().select_related("room").filter(pk=thread_id).first()
    person = participant_of(meeting, meeting.room, visitor) if meeting and meeting.room else None
    if person is None or person.state != ParticipantState.ADMITTED:
        raise Refused("thread.not-found", _("There is no such chat, or it is not yours."))
    return person


def attachment_for(attachment_id: UUID, visitor: Visitor) -> Attachment:
    """A file of a chat that this visitor is in now, or whose record they may read; else 404."""
    found = Attachment.objects.select_related("message").filter(pk=attachment_id).first()
    if found is None or found.message.deleted_at is not None:
        raise Http404
    thread_id = found.message.thread_id
    try:
        participant_in(thread_id, visitor)
    except Refused as refused:
        if visitor.user is None:
            raise Http404 from refused
        meeting_for_record(thread_id, visitor.user)
    return found


def locked_thread(meeting: Meeting) -> Thread:
    """The meeting's thread, made when first needed, its row locked until the transaction ends."""
    return Thread.objects.select_for_update().get_or_create(pk=meeting.pk, defaults={"meeting": meeting})[0]


def message_in(thread: Thread, message_id: UUID, reader: Participant) -> Message:
    """What a person said in this thread, what is still there, and what this participant may read."""
    readable = Message.objects.visible().spoken().readable_by(reader).in_full()
    found = readable.filter(thread=thread, pk=message_id).first()
    if found is None:
        raise message_not_found()
    return found
