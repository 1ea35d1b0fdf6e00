"""What everybody who signs up is asked. Apart from forms.py, since allauth imports it first."""

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User, is_time_zone
from accounts.names import NameField


class SignUpDetails(forms.Form):
    display_name = NameField(label=_("Display name"), help_text=_("What others see in meetings."))
    time_zone = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"data-time-zone": ""}))

    def clean_time_zone(self) -> str:
        """The browser fills it in; what it does not know is set in the profile."""
        name: str = self.cleaned_data["time_zone"]
        return name if is_time_zone(name) else "UTC"

    def signup(self, request: HttpRequest, user: User) -> None:
        """allauth insists on it; the adapter has saved everything."""
