"""Every action that is recorded, `noun.past`. docs/protocol.md lists them; a test keeps the list complete."""

from enum import StrEnum


class Action(StrEnum):
    ACCOUNT_CREATED = "account.created"
    ACCOUNT_CHANGED = "account.changed"
    ACCOUNT_DELETED = "account.deleted"
    ACCOUNT_ACTIVATED = "account.activated"
    ACCOUNT_DEACTIVATED = "account.deactivated"
    ACCOUNT_SIGNED_IN = "account.signed-in"
    ACCOUNT_SIGNED_OUT_EVERYWHERE = "account.signed-out-everywhere"
    ACCOUNT_PASSWORD_CHANGED = "account.password-changed"  # noqa: S105
    ROOM_CREATED = "room.created"
    ROOM_CHANGED = "room.changed"
    ROOM_LINK_CHANGED = "room.link-changed"
    ROOM_CLOSED = "room.closed"
    ROOM_REOPENED = "room.reopened"
    ROOM_DELETED = "room.deleted"
    ROOM_LOCKED = "room.locked"
    ROOM_UNLOCKED = "room.unlocked"
    MEETING_STARTED = "meeting.started"
    MEETING_ENDED = "meeting.ended"
    PARTICIPANT_REMOVED = "participant.removed"
    MESSAGE_DELETED = "message.deleted"
    COMMAND_REFUSED = "command.refused"
