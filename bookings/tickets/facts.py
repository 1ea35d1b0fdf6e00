"""What a browser may tell of device and connection with a ticket: few known things, flat and short."""

import msgspec
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
    try:
        found = msgspec.json.decode(text, type=dict[str, str])
    except msgspec.MsgspecError as wrong:
        raise invalid() from wrong
    if len(text.encode()) > LARGEST or not all(_is_fact(name, value) for name, value in found.items()):
        raise invalid()
    return {name: found[name] for name in FACTS if name in found}


def invalid() -> Refused:
    return Refused("facts.invalid", _("The facts about your device could not be read. Send the report without them."))


def labelled(facts: dict[str, str]) -> list[tuple[Promise, str]]:
    return [(label, facts[name]) for name, label in FACTS.items() if name in facts]


def _is_fact(name: str, value: str) -> bool:
    return name in FACTS and len(value) <= LONGEST and not any(c < " " for c in value)
