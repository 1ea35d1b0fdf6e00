"""Whether an event that one process sends arrives: a real round trip across the channel layer."""

from collections.abc import Iterator
from time import monotonic

from django.conf import settings

from meet.doctor.findings import Finding, ok, why, wrong
from meet.readiness import ask_channel_layer


def check() -> Iterator[Finding]:
    began = monotonic()
    try:
        ask_channel_layer()
    except Exception as error:  # noqa: BLE001 - whatever the layer's backend raises
        yield wrong(f"An event did not come back: {why(error)}", "Is Redis up, and REDIS_URL right?")
        return
    took = (monotonic() - began) * 1000
    if settings.REDIS_URL:
        yield ok(f"An event went to Redis and back in {took:.0f} ms.")
    else:
        yield ok("Events stay in memory, which serves one process. More need REDIS_URL.")
