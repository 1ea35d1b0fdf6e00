"""What people type, as it is kept: trimmed, without control characters, within its length."""

import unicodedata

from django.utils.translation import gettext_lazy as _

from chat.models import CONTENT_LENGTH
from realtime.refusals import Refused

KEPT_CONTROLS = "\n\t"


def cleaned(text: str) -> str:
    """The text to keep; refuses message.empty and message.too-long. Direction marks and markup are text like any."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    content = "".join(c for c in lines if c in KEPT_CONTROLS or unicodedata.category(c) != "Cc").strip()
    if not any(_is_visible(c) for c in content):
        raise Refused("message.empty", _("There is nothing to send."))
    if len(content) > CONTENT_LENGTH:
        raise Refused("message.too-long", _("A message can have 2000 characters at most."))
    return content


def _is_visible(character: str) -> bool:
    """Neither a separator nor a control, format or unassigned character (Unicode Z*, C*)."""
    return unicodedata.category(character)[0] not in "ZC"
