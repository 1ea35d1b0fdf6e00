"""What the chat adds to the archive of an organization: what was said to all, and the files of that."""

from chat.models import Attachment, Message, MessageQuerySet, Reaction
from organizations.models import Organization
from organizations.takeout.archive import columns, files_in, register


def _messages(organization: Organization) -> MessageQuerySet:
    return Message.objects.visible().public().filter(thread__meeting__room__organization=organization)


register("messages", lambda one: columns(_messages(one), without=["client_id"], meeting="thread__meeting"))
register("message-reactions", lambda one: columns(Reaction.objects.filter(message__in=_messages(one))))
register(
    "message-files",
    lambda one: columns(Attachment.objects.filter(message__in=_messages(one)), without=["file"]),
    files=lambda one: files_in(Attachment.objects.filter(message__in=_messages(one)), "file"),
)
