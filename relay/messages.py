"""What web processes and a worker say to each other: one JSON object a line, described in docs/relay.md."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Source = Literal["microphone", "camera", "screen", "screen-audio"]
KINDS: dict[Source, str] = {"microphone": "audio", "camera": "video", "screen": "video", "screen-audio": "audio"}
Name = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_:.-]+$")]
Number = Annotated[int, Meta(ge=0, lt=2**53)]
Pixels = Annotated[int, Meta(ge=0, le=10_000)]


class Message(msgspec.Struct, tag_field="type", tag=str.lower, forbid_unknown_fields=True):
    pass


class Command(Message, kw_only=True):
    id: Number | None = None


class OfSeat(Command, kw_only=True):
    meeting: Name
    participant: Name


class Granting(OfSeat, kw_only=True):
    """`seq` counts the meeting's events: what comes late is older than what holds, and changes nothing."""

    sources: list[Source]
    receive: bool
    seq: Number = 0


class Join(Granting, kw_only=True):
    pass


class Publish(OfSeat, kw_only=True):
    sdp: Annotated[str, Meta(max_length=64 * 1024)]
    mids: Annotated[dict[str, Source], Meta(max_length=16)]


class Accept(OfSeat, kw_only=True):
    version: Number
    fingerprint: Annotated[str, Meta(max_length=256)]
    ufrag: Annotated[str, Meta(max_length=256)]


class Want(OfSeat, kw_only=True):
    heights: Annotated[dict[str, Pixels], Meta(max_length=1000)]


class Restart(OfSeat, kw_only=True):
    pass


class Grant(Granting, kw_only=True):
    pass


class Leave(OfSeat, kw_only=True):
    pass


class Close(Command, kw_only=True):
    meeting: Name


class Stats(Command, kw_only=True):
    pass


class Ping(Command, kw_only=True):
    pass


AnyCommand = Join | Publish | Accept | Want | Restart | Grant | Leave | Close | Stats | Ping


class Track(msgspec.Struct):
    mid: str
    participant: str
    source: str


class Offer(Message):
    meeting: str
    participant: str
    version: int
    sdp: str
    tracks: list[Track]


class Speaker(Message):
    meeting: str
    participant: str | None


class Layers(Message):
    meeting: str
    participant: str
    source: str
    rids: list[str]


class Link(Message):
    meeting: str
    participant: str
    link: str
    state: str


class Done(Message, omit_defaults=True):
    id: int
    sdp: str | None = None
    figures: dict[str, float] | None = None


class Refusal(Message, tag="refused"):
    id: int | None
    code: str
    text: str


Event = Offer | Speaker | Layers | Link
AnyMessage = Event | Done | Refusal
