"""The address people type, and whatever Django and Meet find wrong with the settings together."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import ERROR, CheckMessage, run_checks

from meet.doctor.findings import Finding, ok, warning, wrong
from meet.env import LOOPBACK


def check() -> Iterator[Finding]:
    yield address()
    if settings.DEBUG:
        yield wrong("Debug pages show settings and code to everybody.", "Unset MEET_DEBUG.")
    if "*" in settings.ALLOWED_HOSTS:
        yield wrong("Any host name is believed.", "Name the hosts in ALLOWED_HOSTS.")
    found = [one for one in run_checks(include_deployment_checks=True) if _counts(one)]
    yield from map(_as_finding, found)
    if not found:
        yield ok("The secret key is private, and the settings fit each other.")


def address() -> Finding:
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    if host not in settings.ALLOWED_HOSTS:
        return wrong(f"{settings.PUBLIC_URL} is refused here.", "MEET_PUBLIC_URL must name a host that is allowed.")
    if settings.HTTPS:
        return ok(f"People come by {settings.PUBLIC_URL}.")
    if host in LOOPBACK:
        return warning(
            f"{settings.PUBLIC_URL} is for this machine alone.",
            "Set MEET_PUBLIC_URL=https://… and a proxy in front, or MEET_TLS=self-signed for a try in the network.",
        )
    return wrong(
        f"People come by {settings.PUBLIC_URL}, where browsers give no camera and no microphone.",
        "Set MEET_PUBLIC_URL=https://… and a proxy in front, or MEET_TLS=self-signed.",
    )


def _counts(message: CheckMessage) -> bool:
    """Ours and errors; Django's warnings about HTTPS say what `address` has said. meet.W001 too."""
    return message.level >= ERROR or ((message.id or "").startswith("meet.") and message.id != "meet.W001")


def _as_finding(message: CheckMessage) -> Finding:
    make = wrong if message.level >= ERROR else warning
    return make(message.msg, message.hint or f"See Django's documentation of {message.id}.")
