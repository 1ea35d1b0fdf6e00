from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LONGEST = 100


class MaximumLengthValidator:
    """Hashing costs time for every character, so a password has an end."""

    def validate(self, password: str, user: object = None) -> None:
        if len(password) > LONGEST:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        return _("The password may have at most %(longest)d characters.") % {"longest": LONGEST}
