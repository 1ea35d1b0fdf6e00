"""The fields of the call's commands. docs/protocol.md lists them; a test keeps it complete."""

from typing import Annotated, Literal

import msgspec

from realtime.envelope import Id, Payload
from rooms.models import SWITCHES
from rooms.services.sources import Source

SDP_LIMIT = 64 * 1024  # characters


class Join(Payload):
    microphone: bool
    camera: bool
    move: bool = False
    resume: Annotated[str, msgspec.Meta(max_length=36)] = ""


class Empty(Payload):
    pass


class Renew(Payload):
    seq: Annotated[int, msgspec.Meta(ge=0)]


class SetMedia(Payload):
    source: Source
    on: bool


class React(Payload):
    emoji: Annotated[str, msgspec.Meta(max_length=8)]


class Target(Payload):
    participant: Id


class Stop(Target):
    source: Source


class Remove(Target):
    may_return: bool = False


class Rename(Target):
    name: str


class Switch(Payload):
    setting: Literal[SWITCHES]  # type: ignore[valid-type]
    on: bool


class MuteAll(Payload):
    may_unmute: bool


class Description(Payload):
    """RTCSessionDescriptionInit for one peer connection, named by its `session`."""

    to: Id
    session: Id
    sdp: Annotated[str, msgspec.Meta(max_length=SDP_LIMIT)]


class CandidateInit(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """RTCIceCandidateInit (W3C WebRTC §4.8.1)."""

    candidate: Annotated[str, msgspec.Meta(max_length=1024)]
    sdpMid: Annotated[str, msgspec.Meta(max_length=32)] | None = None
    sdpMLineIndex: Annotated[int, msgspec.Meta(ge=0, le=64)] | None = None
    usernameFragment: Annotated[str, msgspec.Meta(max_length=256)] | None = None


class Publish(Payload):
    """RTCSessionDescriptionInit of the page's uplink; `mids` says which m-line is which source."""

    sdp: Annotated[str, msgspec.Meta(max_length=SDP_LIMIT)]
    mids: Annotated[dict[str, Literal["microphone", "camera", "screen", "screen-audio"]], msgspec.Meta(max_length=8)]


class Accept(Payload):
    """What the relay does not know of the answer to its own offer: a=fingerprint (RFC 8122) and a=ice-ufrag."""

    version: Annotated[int, msgspec.Meta(ge=1, le=2**53)]
    fingerprint: Annotated[str, msgspec.Meta(max_length=256)]
    ufrag: Annotated[str, msgspec.Meta(max_length=256)]


class Want(Payload):
    """In pixels, by "participant/source"; what is missing or 0 is not watched."""

    heights: Annotated[dict[str, Annotated[int, msgspec.Meta(ge=0, le=8192)]], msgspec.Meta(max_length=256)]


class Candidate(Payload):
    """`candidate` is null at the end of candidates."""

    to: Id
    session: Id
    candidate: CandidateInit | None
