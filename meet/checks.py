"""`manage.py check`: what works alone but not together, said before anybody meets."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from meet.env import LOOPBACK


@register(Tags.files)
def directories_can_be_written(**kwargs: Any) -> Iterator[CheckMessage]:
    for name in ("DATA_DIR", "MEDIA_ROOT", "STATIC_ROOT"):
        path = Path(getattr(settings, name))
        nearest = next(parent for parent in (path, *path.parents) if parent.exists())
        if not os.access(nearest, os.W_OK | os.X_OK):
            yield Error(
                f"{path} cannot be written.",
                hint="Give this user the directory, or choose another with MEET_DATA_DIR.",
                id="meet.E001",
            )


@register(Tags.security, deploy=True)
def secrets_are_private(**kwargs: Any) -> Iterator[CheckMessage]:
    for name in ("secret-key", "self-signed.key"):
        path = settings.DATA_DIR / name
        if path.exists() and path.stat().st_mode & 0o077:
            yield Error(f"{path} can be read by others.", hint=f"chmod 600 {path}", id="meet.E002")


@register(Tags.security, deploy=True)
def people_come_by_https(**kwargs: Any) -> Iterable[CheckMessage]:
    if settings.HTTPS:
        return []
    return [
        Warning(
            f"People come by {settings.PUBLIC_URL}: cookies travel in clear, and browsers give no camera.",
            hint="Put a proxy with a certificate in front and set MEET_PUBLIC_URL=https://…",
            id="meet.W001",
        )
    ]


@register(Tags.security, deploy=True)
def proxies_are_named(**kwargs: Any) -> Iterable[CheckMessage]:
    """Without it every visitor has the proxy's address, and one bad guesser locks out all."""
    if settings.TLS or settings.TRUSTED_PROXIES or not settings.HTTPS:
        return []
    return [
        Warning(
            "Something in front ends TLS, but MEET_TRUSTED_PROXIES names nobody.",
            hint="Set it to the proxy's address, so that limits count visitors and not the proxy.",
            id="meet.W002",
        )
    ]


@register(Tags.database, deploy=True)
def sqlite_serves_one_machine(**kwargs: Any) -> Iterable[CheckMessage]:
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3") and settings.WEB_PROCESSES > 1:
        return [
            Warning(
                "Several web processes share one SQLite file, so they write one after the other.",
                hint="Set DATABASE_URL to PostgreSQL.",
                id="meet.W003",
            )
        ]
    return []


@register(Tags.caches)
def processes_hear_each_other(**kwargs: Any) -> Iterable[CheckMessage]:
    """More processes than ours may be on a database that has a network."""
    shared = not settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
    if shared and not settings.REDIS_URL and settings.HOST not in LOOPBACK:
        return [
            Warning(
                "PostgreSQL without REDIS_URL serves one web process.",
                hint="Set REDIS_URL before a second one is started: processes tell each other events through it.",
                id="meet.W004",
            )
        ]
    return []
