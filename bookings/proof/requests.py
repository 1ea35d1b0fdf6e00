"""Many requests at once, each on a connection of its own, as from as many browsers."""

import json
import secrets
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

PATIENCE = 60  # seconds


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` 0: none came."""

    status: int
    body: dict[str, Any]
    seconds: float


@dataclass(frozen=True, slots=True)
class Post:
    path: str
    cookie: str
    fields: dict[str, Any]
    key: str = ""


class Crowd:
    """So many people at the product, which answers at these addresses in turn."""

    def __init__(self, urls: Sequence[str], workers: int) -> None:
        self._urls, self._workers = [urlsplit(url) for url in urls], workers

    def send(self, posts: Sequence[Post]) -> list[Answer]:
        numbered = list(enumerate(posts))
        with ThreadPoolExecutor(self._workers) as people:
            return list(people.map(lambda pair: self._send(*pair), numbered))

    def _send(self, number: int, post: Post) -> Answer:
        began = time.monotonic()
        try:
            status, body = self._exchange(number, post)
        except (OSError, HTTPException, ValueError) as error:
            status, body = 0, {"code": str(error)}
        return Answer(status, body, time.monotonic() - began)

    def _exchange(self, number: int, post: Post) -> tuple[int, dict[str, Any]]:
        url = self._urls[number % len(self._urls)]
        kind: Callable[..., HTTPConnection] = HTTPSConnection if url.scheme == "https" else HTTPConnection
        connection = kind(url.hostname or "", url.port, timeout=PATIENCE)
        try:
            connection.request(
                "POST", post.path, json.dumps(post.fields), _headers(post, f"{url.scheme}://{url.netloc}")
            )
            answer = connection.getresponse()
            text = answer.read()
            is_json = answer.headers.get_content_type() == "application/json"
            return answer.status, json.loads(text) if is_json else {}
        finally:
            connection.close()


def _headers(post: Post, origin: str) -> dict[str, str]:
    token = secrets.token_hex(16)
    return {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "Cookie": f"{post.cookie}; {settings.CSRF_COOKIE_NAME}={token}",
        "X-CSRFToken": token,
        "Referer": f"{origin}/",
        **({"Idempotency-Key": post.key} if post.key else {}),
    }
