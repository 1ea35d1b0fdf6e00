"""Lines of the log: readable or JSON, with the id of the request or socket, and without what is nobody's business.

Codes, names and what people write are never logged. Django logs paths, which hold codes and keys, so the route stands
in for them; what still looks like a code, or comes out of a row of PostgreSQL, is taken out of the finished line.
"""

import json
import logging
import re
from collections import deque
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rooms.codes import ALPHABET, GROUPS

HIDDEN = "•••"
CODE = "-".join(f"[{ALPHABET}]{{{size}}}" for size in GROUPS)
SECRETS = re.compile(
    rf"\b{CODE}\b"
    r"|(?<=/join/)[^/\s?#\"']+"  # any spelling that finds the room
    r"|(?<=(?<![\w.-])/rooms/)[^/\s?#\"']+"
    r"|(?<=/ws/rooms/)[^/\s?#\"']+"
    r"|(?<=DETAIL: )[^\n]+",
    re.IGNORECASE,
)

request_id: ContextVar[str] = ContextVar("request_id", default="-")


def without_secrets(text: str) -> str:
    return SECRETS.sub(HIDDEN, text)


def route_of(request: Any) -> str:
    match = getattr(request, "resolver_match", None)
    return str(match.view_name) if match else "-"


class RoutesForPaths(logging.Filter):
    """Where Django logs the path of a request, among the arguments, the route takes its place."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        path = getattr(request, "path", None)
        if path and isinstance(record.args, tuple):
            written = path.encode("unicode_escape").decode("ascii")  # as django.utils.log does
            record.args = tuple(route_of(request) if one == written else one for one in record.args)
        return True


class Lines(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s [%(request_id)s]: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        record.request_id = request_id.get()
        return without_secrets(super().format(record))


class JsonLines(logging.Formatter):
    """One object per line; `extra={"fields": {…}}` adds members."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request_id": request_id.get(),
            "message": without_secrets(record.getMessage()),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            said["exception"] = without_secrets(self.formatException(record.exc_info))
        return json.dumps(said, default=str)


@dataclass(frozen=True, slots=True)
class Failure:
    at: datetime
    logger: str
    said: str


class Failures(logging.Handler):
    """Remembers the last errors of this process, for the operator's overview."""

    last: deque[Failure] = deque(maxlen=10)
    count = 0

    def emit(self, record: logging.LogRecord) -> None:
        said = without_secrets(record.getMessage())[:200]
        Failures.last.appendleft(Failure(datetime.fromtimestamp(record.created, UTC), record.name, said))
        Failures.count += 1
