"""Names of what sockets listen to. Every topic is made here and nowhere else."""

from uuid import UUID


def meeting(meeting_id: UUID) -> str:
    """Events of a call."""
    return f"meeting.{meeting_id}"


def inside(meeting_id: UUID) -> str:
    """Every socket that a person holds because they were admitted to this meeting: the call's and the chat's."""
    return f"inside.{meeting_id}"


def waiting(meeting_id: UUID) -> str:
    """Those who wait to be let in; nothing of the meeting is said here."""
    return f"waiting.{meeting_id}"


def thread(thread_id: UUID) -> str:
    return f"thread.{thread_id}"


def user(user_id: UUID) -> str:
    """Every socket of a signed-in person."""
    return f"user.{user_id}"


def space(space_id: UUID) -> str:
    """Whoever looks at when a space is free."""
    return f"space.{space_id}"
