"""Names that people type: one line, nothing invisible."""

import unicodedata

from django.utils.translation import gettext_lazy as _

from realtime.refusals import Refused

GUEST_NAME_LENGTH = 50


def guest_name(text: str) -> str:
    """The name as it will be shown; refuses name.empty and name.too-long.

    Drops control and format characters (Unicode Cc, Cf), which could hide or reorder what others read, save the
    joiner that emoji need.
    """
    shown = "".join(c for c in text if c == "\u200d" or unicodedata.category(c) not in {"Cc", "Cf", "Zl", "Zp"})
    name = " ".join(shown.split())
    if not name.strip("\u200d "):
        raise Refused("name.empty", _("Type your name to join."))
    if len(name) > GUEST_NAME_LENGTH:
        raise Refused("name.too-long", _("This name is too long; 50 characters are the most."))
    return name
