"""Verbs on files: sending one to the thread."""

from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from chat.access import locked_thread
from chat.events import tell_posted
from chat.files import Prepared, broken, prepared
from chat.models import Attachment, Message, MessageType, Thread
from chat.services.talking import add_message, said_already
from chat.switches import files_must_be_allowed
from realtime.refusals import Refused
from rooms import access
from rooms.models import Participant

MEGABYTE = 1024 * 1024


def share_file(*, participant_id: UUID, upload: UploadedFile, announced: int, client_id: UUID) -> Message:
    """Puts a file into the thread once, as a message. `announced` is how long the sender says that it is."""
    files_must_be_allowed(access.inside(participant_id).meeting)
    if upload.size != announced:
        raise broken()
    _check_size(announced)
    file = prepared(upload)  # takes long: before anything is locked
    _check_size(len(file.content))
    return _post(participant_id=participant_id, file=file, client_id=client_id)


def _check_size(size: int) -> None:
    limit = settings.CHAT_FILE_LIMIT_MB
    if size > limit * MEGABYTE:
        raise Refused("file.too-large", _("A file can have %s MB at most.") % limit)


@transaction.atomic
def _post(*, participant_id: UUID, file: Prepared, client_id: UUID) -> Message:
    participant = access.admitted(participant_id)
    thread = locked_thread(participant.meeting)
    said = said_already(thread, participant, client_id)
    if said is not None:
        return said
    files_must_be_allowed(participant.meeting)  # it may have changed meanwhile
    _check_quota(thread, len(file.content))
    message = _add(thread, participant, file, client_id)
    tell_posted(message)
    return message


def _check_quota(thread: Thread, more: int) -> None:
    used = Attachment.objects.filter(message__thread=thread).aggregate(used=Sum("size"))["used"] or 0
    if used + more > settings.CHAT_QUOTA_MB * MEGABYTE:
        raise Refused("file.quota-exceeded", _("There is no room for more files in this meeting."))


def _add(thread: Thread, participant: Participant, file: Prepared, client_id: UUID) -> Message:
    """The file is written last: what refuses the rows leaves no file."""
    fields = {"author_id": participant.user_id, "content": file.name, "client_id": client_id}
    message = add_message(thread, participant, type=MessageType.FILE, **fields)
    attachment = Attachment(message=message, name=file.name, size=len(file.content), content_type=file.content_type)
    attachment.file.save(file.name, ContentFile(file.content), save=False)
    try:
        attachment.save()
    except BaseException:
        attachment.file.delete(save=False)
        raise
    return message
