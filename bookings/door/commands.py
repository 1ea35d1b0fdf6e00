"""The fields of the commands of a door's socket. docs/protocol.md lists them; a test keeps it complete."""

from realtime.envelope import Payload


class Empty(Payload):
    pass
