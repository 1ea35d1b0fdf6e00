"""Names that guests type."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.names import LONGEST, one_line
from realtime.refusals import Refused


def guest_name(text: str) -> str:
    """The name as it will be shown; refuses name.empty, name.too-long and name.invisible."""
    try:
        name = one_line(text)
    except ValidationError as error:
        raise Refused("name.invisible", _("Use letters, digits, spaces and punctuation.")) from error
    if all(unicodedata.category(character)[0] in "ZC" for character in name):  # nothing that is seen by itself
        raise Refused("name.empty", _("Type your name to join."))
    if len(name) > LONGEST:
        raise Refused("name.too-long", _("This name is too long; 50 characters are the most."))
    return name
