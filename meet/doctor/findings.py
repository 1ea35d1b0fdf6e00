"""What a check found: a sentence, and how to mend it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    state: State
    said: str
    mend: str = ""


Check = Callable[[], Iterator[Finding]]


def ok(said: str) -> Finding:
    return Finding(State.OK, said)


def warning(said: str, mend: str) -> Finding:
    return Finding(State.WARNING, said, mend)


def wrong(said: str, mend: str) -> Finding:
    return Finding(State.WRONG, said, mend)


def why(error: BaseException) -> str:
    """The error in one line; some have nothing to say but their name."""
    return " ".join(str(error).split()) or type(error).__name__
