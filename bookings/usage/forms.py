from datetime import date, timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LONGEST = timedelta(days=366)
YEARS = date(2000, 1, 1), date(2100, 12, 31)
USUAL = timedelta(weeks=12)


class RangeForm(forms.Form):
    """Two days, both included; the last twelve weeks where nothing else is asked for. Read with `since` and `until`."""

    since = forms.DateField(label=_("From"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))

    @classmethod
    def asked(cls, values: dict[str, str]) -> "RangeForm":
        today = timezone.localdate()
        usual = {"since": (today - USUAL).isoformat(), "until": today.isoformat()}
        return cls({**usual, **{name: value for name, value in values.items() if name in usual}})

    @property
    def days(self) -> tuple[date, date]:
        """The usual ones where what was asked for makes no sense."""
        if self.is_valid():
            return self.cleaned_data["since"], self.cleaned_data["until"]
        today = timezone.localdate()
        return today - USUAL, today

    def clean(self) -> None:
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and not (YEARS[0] <= since <= until <= YEARS[1] and until - since <= LONGEST):
            raise forms.ValidationError(_("Choose a last day after the first, and within a year of it."), code="range")
