"""What travels on a socket: JSON objects with a type. Incoming ones are typed structs, checked whole or refused."""

from typing import Annotated, Any, TypeVar

import msgspec
from django.utils.translation import gettext_lazy as _

from realtime.refusals import Refused

Id = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")]


class Payload(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Base of every command's fields. `id` comes back in the answer; a field that the schema lacks is a refusal."""

    type: str
    id: Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class Head(msgspec.Struct):
    type: Annotated[str, msgspec.Meta(max_length=64)]
    id: Annotated[int, msgspec.Meta(ge=0, le=2**53)]


P = TypeVar("P", bound=Payload)
_head = msgspec.json.Decoder(Head)
_encoder = msgspec.json.Encoder()


def read_head(text: str) -> Head | None:
    """Type and id of a command, or None where there is nothing to answer to."""
    try:
        return _head.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return None


def read(text: str, schema: type[P]) -> P:
    try:
        return msgspec.json.decode(text, type=schema)
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise Refused("command.invalid", _("This command is not as it should be: %s") % error) from error


def write(message: dict[str, Any]) -> str:
    """JSON text; UUIDs and datetimes (RFC 3339) included."""
    return _encoder.encode(message).decode()
