"""Where the change now being made comes from; set at the edge, read by `record`."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    ip_address: str | None = None
    user_agent: str = ""


_current: ContextVar[Origin] = ContextVar("origin", default=Origin())  # noqa: B039


def current() -> Origin:
    return _current.get()


@contextmanager
def of_changes(origin: Origin) -> Iterator[None]:
    token = _current.set(origin)
    try:
        yield
    finally:
        _current.reset(token)
