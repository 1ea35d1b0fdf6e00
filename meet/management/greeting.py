"""What the console says when the server starts."""

from collections.abc import Iterator

from django.conf import settings

from accounts.setup import setup_link
from meet.env import LOOPBACK, lan_address


def greeting() -> Iterator[str]:
    yield f"Meet is at {settings.PUBLIC_URL}"
    yield from _other_devices()
    if link := setup_link():
        yield "Nobody administers it yet. Make the first administrator with this link (once, within 24 hours):"
        yield f"  {settings.PUBLIC_URL}{link}"
    yield "Stop with Ctrl-C."


def _other_devices() -> Iterator[str]:
    if settings.HOST in LOOPBACK:
        return
    if settings.TLS:
        yield f"On a phone in the same network: https://{lan_address()}:{settings.PORT}"
        yield "The certificate is self-signed, so each browser asks once whether to go on."
    elif not settings.HTTPS:
        yield "Without HTTPS browsers give no camera and no microphone, except on localhost. Either"
        yield "  MEET_TLS=self-signed makes and uses a certificate, or"
        yield "  MEET_PUBLIC_URL=https://meet.example.org names the proxy in front that speaks HTTPS."
