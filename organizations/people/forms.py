from django import forms
from django.utils.translation import gettext_lazy as _

from organizations.models import MembershipRole

ROLES = _("Administrators change everything, members book spaces, viewers only look.")


class InviteForm(forms.Form):
    email = forms.EmailField(label=_("Email"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    role = forms.ChoiceField(
        label=_("Role"), choices=MembershipRole.choices, initial=MembershipRole.MEMBER, help_text=ROLES
    )


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=MembershipRole.choices)
