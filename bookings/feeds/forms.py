from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from bookings.feeds.models import FeedKind
from bookings.spaces.models import Space
from organizations.access import organizations_of
from organizations.models import Organization

MINE = FeedKind.MINE.value


class FeedForm(forms.Form):
    """Of what this person may look at. Read with `target`."""

    of = forms.ChoiceField(label=_("Calendar of"))

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._found: dict[str, Organization | Space] = {}
        choices: list[tuple[object, object]] = [(MINE, FeedKind.MINE.label)]
        for organization in organizations_of(user).prefetch_related("spaces").order_by("name"):
            spaces = list(organization.spaces.all())
            everything: list[Organization | Space] = [organization, *spaces]
            self._found |= {_key(one): one for one in everything}
            named = [_("Everything"), *(space.name for space in spaces)]
            choices.append((organization.name, list(zip(map(_key, everything), named, strict=True))))
        self.fields["of"].choices = choices  # type: ignore[attr-defined]

    @property
    def target(self) -> Organization | Space | None:
        """None for what is their own."""
        return self._found.get(self.cleaned_data["of"])


def _key(one: Organization | Space) -> str:
    return str(one.pk)
