"""Whether the relay's workers answer, and where browsers are told to find them."""

from collections.abc import Iterator

from django.conf import settings

from meet.doctor.findings import Finding, ok, warning, why, wrong
from signaling.relays import figures


def check() -> Iterator[Finding]:
    if not settings.RELAY_WORKERS:
        yield ok("There is no relay (RELAY_WORKERS=0): every call goes directly from browser to browser.")
        return
    for number in range(settings.RELAY_WORKERS):
        try:
            found = figures(number)
        except OSError as error:
            yield wrong(
                f"Worker {number} of the relay does not answer: {why(error)}.",
                "Is the server running? It starts the workers; its log says why one ends, a port in use for example.",
            )
        else:
            people = found["participants"]
            by = "C" if found["native"] else "Python alone (`make native` makes it faster)"
            yield ok(f"Worker {number} of the relay answers: {people:.0f} people in it, packets handled by {by}.")
    if not settings.RELAY_ADDRESSES and settings.PUBLIC_URL.startswith("https"):
        yield warning(
            "Browsers are told the addresses of this machine's own interfaces.",
            "Behind a router that translates addresses, set RELAY_ADDRESSES, and let UDP to RELAY_PORT in.",
        )
