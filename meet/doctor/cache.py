"""Whether what limits how often is remembered, and by all processes alike."""

from collections.abc import Iterator

from django.conf import settings

from meet.doctor.findings import Finding, ok, why, wrong
from meet.readiness import ask_cache

OF_ONE_PROCESS = ("locmem", "dummy")


def check() -> Iterator[Finding]:
    try:
        ask_cache()
    except Exception as error:  # noqa: BLE001 - whatever the backend raises
        yield wrong(f"What was kept did not come back: {why(error)}", "Is Redis up, and REDIS_URL right?")
        return
    alone = any(word in settings.CACHES["default"]["BACKEND"] for word in OF_ONE_PROCESS)
    if alone and settings.WEB_PROCESSES > 1:
        yield wrong(
            f"{settings.WEB_PROCESSES} processes keep a cache each, so limits count too little.", "Set REDIS_URL."
        )
    else:
        yield ok("It remembers, in this process." if alone else "It remembers, for all processes.")
