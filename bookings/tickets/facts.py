"""What a browser may tell of device and connection with a ticket: few known things, flat and short."""

import json
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from realtime.refusals import Refused

LARGEST = 4096  # bytes
LONGEST = 200  # characters of one

FACTS: dict[str, Promise] = {
    "room": _("Room"),
    "browser": _("Browser"),
    "system": _("System"),
    "window": _("Window"),
    "network": _("Network"),
    "microphone": _("Microphone"),
    "camera": _("Camera"),
    "speaker": _("Speaker"),
    "engine": _("How media travels"),
    "people": _("People in the call"),
    "path": _("Path"),
    "round_trip": _("Round-trip time"),
    "lost_sending": _("Lost on the way out"),
    "lost_receiving": _("Lost on the way in"),
    "jitter": _("Jitter"),
    "sent_picture": _("Picture sent"),
    "received_picture": _("Largest picture received"),
    "held_back": _("Held back by"),
}


def facts_in(text: str) -> dict[str, str]:
    """What a page sent, as JSON; refuses facts.invalid for anything but short texts under known names."""
    if len(text.encode()) > LARGEST:
        raise invalid()
    try:
        found: Any = json.loads(text)
    except ValueError as wrong:
        raise invalid() from wrong
    if not isinstance(found, dict) or not all(_is_fact(name, value) for name, value in found.items()):
        raise invalid()
    return {name: found[name] for name in FACTS if name in found}


def invalid() -> Refused:
    return Refused("facts.invalid", _("The facts about your device could not be read. Send the report without them."))


def labelled(facts: dict[str, str]) -> list[tuple[Promise, str]]:
    return [(label, facts[name]) for name, label in FACTS.items() if name in facts]


def _is_fact(name: str, value: Any) -> bool:
    return name in FACTS and isinstance(value, str) and len(value) <= LONGEST and value.isprintable()
