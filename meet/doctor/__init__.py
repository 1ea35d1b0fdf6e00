"""`manage.py doctor`: one module for each thing that can be wrong with an installation."""

from collections.abc import Iterator

from meet.doctor import cache, clock, database, events, jobs, mail, media, relay, settings, storage, turn
from meet.doctor.findings import Check, Finding, why, wrong

CHECKS: dict[str, Check] = {
    "settings": settings.check,
    "database": database.check,
    "events": events.check,
    "cache": cache.check,
    "jobs": jobs.check,
    "mail": mail.check,
    "storage": storage.check,
    "clock": clock.check,
    "turn": turn.check,
    "media": media.check,
    "relay": relay.check,
}


def examine(checks: dict[str, Check]) -> Iterator[tuple[str, Finding]]:
    """Every finding with the name of its check; a check that fails itself is a finding too."""
    for name, check in checks.items():
        try:
            for found in check():
                yield name, found
        except Exception as error:  # noqa: BLE001 - whatever breaks in one check, the others still speak.
            yield name, wrong(f"could not be checked: {why(error)}", "Look at what the check before it says.")
