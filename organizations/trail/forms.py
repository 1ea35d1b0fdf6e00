from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.models import AuditEntry


class FilterForm(forms.Form):
    """Days are those of the reader's time zone."""

    action = forms.ChoiceField(label=_("Action"), required=False)
    person = forms.ChoiceField(label=_("Person"), required=False)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, data: Any, *, actions: Iterable[str], people: Iterable[User]) -> None:
        super().__init__(data)
        choices = {
            "action": [("", _("Any")), *((action, action) for action in actions)],
            "person": [("", _("Anybody")), *((str(one.pk), one.display_name) for one in people)],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]

    def narrow(self, entries: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        """Nothing where the filter itself makes no sense."""
        if not self.is_valid():
            return entries.none()
        since, until = self.cleaned_data["since"], self.cleaned_data["until"]
        wanted = {
            "action": self.cleaned_data["action"],
            "actor": self.cleaned_data["person"],
            "at__gte": _start_of(since) if since else None,
            "at__lt": _start_of(until + timedelta(days=1)) if until else None,
        }
        return entries.filter(**{field: value for field, value in wanted.items() if value})


def _start_of(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
