"""The one way to say no: a stable code for programs, a sentence for people."""

from enum import IntEnum

from django.utils.functional import Promise


class Refused(Exception):
    """Raised by services and access; rolls the transaction back and is answered on whichever wire asked.

    Made anew each time: an exception that is raised again keeps every frame it has come through.
    """

    def __init__(self, code: str, text: str | Promise) -> None:
        super().__init__(code)
        self.code = code
        self._text = text

    @property
    def text(self) -> str:
        return str(self._text)


class Close(IntEnum):
    """Why the server closed a socket (RFC 6455 §7.4.2, private range)."""

    SLOW_READER = 1013
    PROTOCOL_ABUSE = 4400
    SIGNED_OUT = 4401
    REMOVED = 4403
    SILENT = 4408
    MOVED = 4409
    LEFT = 4410
    MEETING_ENDED = 4411
    EXPIRED = 4412
    DENIED = 4413
    SENT_BACK = 4414
    REMOVED_FOR_NOW = 4415
    DOOR_CHANGED = 4416
    FLOOD = 4429
