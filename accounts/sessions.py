"""The session behind a socket's cookies."""

from importlib import import_module
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.base import SessionBase
from django.http.cookie import parse_cookie


def session_of(scope: dict[str, Any]) -> tuple[Any, SessionBase]:
    """User (or AnonymousUser) and session of an ASGI connection; reads the database."""
    cookies = parse_cookie(dict(scope["headers"]).get(b"cookie", b"").decode("latin-1"))
    store = import_module(settings.SESSION_ENGINE).SessionStore
    session: SessionBase = store(cookies.get(settings.SESSION_COOKIE_NAME))
    return get_user(SimpleNamespace(session=session)), session  # type: ignore[arg-type]
