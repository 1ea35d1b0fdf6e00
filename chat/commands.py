"""The fields of the chat's commands. docs/protocol.md lists them; a test keeps it complete."""

from typing import Annotated

import msgspec

from realtime.envelope import Id, Payload

Number = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Mentions = Annotated[list[Id], msgspec.Meta(max_length=20)]


class Empty(Payload):
    pass


class Send(Payload):
    """`client_id` is made by the page, one for each message, and kept when the message is sent again."""

    client_id: Id
    content: str
    reply_to: Id | None = None
    to: Id | None = None
    mentions: Mentions = []


class Edit(Payload):
    message: Id
    content: str
    mentions: Mentions = []


class Delete(Payload):
    message: Id


class React(Payload):
    message: Id
    emoji: Annotated[str, msgspec.Meta(max_length=16)]
    on: bool


class Typing(Payload):
    on: bool


class List(Payload):
    before: Number


class Search(Payload):
    text: Annotated[str, msgspec.Meta(max_length=100)]


class Read(Payload):
    number: Number
