"""`@command("hand.raise")` on a consumer's method: the registry, and with it the protocol's list of commands."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar, get_type_hints

from realtime.envelope import Payload

Handler = TypeVar("Handler", bound=Callable[..., Awaitable[dict[str, Any] | None]])


@dataclass(frozen=True, slots=True)
class Command:
    """`before_join` commands are answered on a socket that has not been admitted yet."""

    name: str
    schema: type[Payload]
    method: str
    before_join: bool


def command(name: str, *, before_join: bool = False) -> Callable[[Handler], Handler]:
    """The method takes one argument, annotated with its Payload, and returns the fields of the `done` answer."""

    def mark(method: Handler) -> Handler:
        schema = get_type_hints(method)["payload"]
        method.command = Command(name, schema, method.__name__, before_join)  # type: ignore[attr-defined]
        return method

    return mark


def commands_of(consumer: type) -> dict[str, Command]:
    marked = (getattr(getattr(consumer, name), "command", None) for name in dir(consumer))
    return {found.name: found for found in marked if isinstance(found, Command)}
