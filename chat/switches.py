"""What may be written in a meeting now. It holds for hosts as well."""

from chat import refusals
from rooms import access
from rooms.models import Meeting


def chat_is_on(meeting: Meeting) -> bool:
    return not meeting.is_suspended and _allows(meeting, "allow_chat")


def chat_must_be_on(meeting: Meeting) -> None:
    if meeting.is_suspended:
        raise access.suspended()
    if not chat_is_on(meeting):
        raise refusals.chat_is_off()


def files_must_be_allowed(meeting: Meeting) -> None:
    chat_must_be_on(meeting)
    if not _allows(meeting, "allow_files"):
        raise refusals.files_are_off()


def private_messages_must_be_allowed(meeting: Meeting) -> None:
    if not _allows(meeting, "allow_private_messages"):
        raise refusals.private_messages_are_off()


def switches(meeting: Meeting) -> dict[str, bool]:
    """As pages are told."""
    return {
        "allowed": chat_is_on(meeting),
        "suspended": meeting.is_suspended,
        "files": _allows(meeting, "allow_files"),
        "private": _allows(meeting, "allow_private_messages"),
    }


def _allows(meeting: Meeting, switch: str) -> bool:
    return meeting.room is None or bool(getattr(meeting.room.settings, switch))
