"""The name that others see: one line, 2 to 50 characters, nothing that hides or reorders text around it."""

import unicodedata
from typing import TYPE_CHECKING

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SHORTEST, LONGEST = 2, 50
# Zero-width joiners stay: emoji and several scripts need them.
INVISIBLE = {"\u200b", "\u2060", "\ufeff"} | {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}


def one_line(value: str) -> str:
    """The name with runs of white space made one space; refuses control and direction-changing characters."""
    name = " ".join(value.split())
    if any(unicodedata.category(character) == "Cc" or character in INVISIBLE for character in name):
        raise ValidationError(_("Use letters, digits, spaces and punctuation."), code="name.invisible")
    return name


class NameField(forms.CharField):
    """A display name, of a member or a guest."""

    def __init__(
        self, *, label: "StrOrPromise", autocomplete: str = "name", help_text: "StrOrPromise" = "", initial: str = ""
    ) -> None:
        widget = forms.TextInput(attrs={"autocomplete": autocomplete})
        super().__init__(
            label=label,
            help_text=help_text,
            initial=initial,
            min_length=SHORTEST,
            max_length=LONGEST,
            widget=widget,
        )

    def to_python(self, value: object) -> str:
        return one_line(super().to_python(value) or "")
