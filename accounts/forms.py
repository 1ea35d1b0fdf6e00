"""Labels here are part of the product's contract (accessible names)."""

import zoneinfo
from typing import Any

from allauth.account import forms as allauth_forms
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from accounts import avatars
from accounts.models import User
from accounts.names import NameField

PASSWORD_HELP = _("8 to 100 characters.")


def _tidy(form: forms.Form, **labels: Any) -> None:
    """Labels stand above their fields, so no placeholder repeats them; a password is typed once."""
    form.fields.pop("password2", None)
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
    for name, label in labels.items():
        form.fields[name].label = label
    if "password1" in form.fields:
        form.fields["password1"].help_text = PASSWORD_HELP


class SignInForm(allauth_forms.LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _tidy(self, login=_("Email"), password=_("Password"))
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        self.fields["password"].help_text = ""


class SignUpForm(allauth_forms.SignupForm):  # type: ignore[misc]
    field_order = ["email", "display_name", "password1"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _tidy(self, email=_("Email"), password1=_("Password"))


class ChangePasswordForm(allauth_forms.ChangePasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _tidy(self, oldpassword=_("Current password"), password1=_("New password"))
        self.fields["oldpassword"].help_text = ""


class SetPasswordForm(allauth_forms.SetPasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _tidy(self, password1=_("New password"))


class ResetPasswordForm(allauth_forms.ResetPasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _tidy(self, email=_("Email"))


class ResetPasswordKeyForm(allauth_forms.ResetPasswordKeyForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _tidy(self, password1=_("New password"))


class ChangeEmailForm(allauth_forms.AddEmailForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _tidy(self, email=_("New email"))


class ReauthenticateForm(allauth_forms.ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _tidy(self, password=_("Password"))


def time_zones(current: str) -> list[tuple[str, str]]:
    """What people choose from, and what they have chosen before."""
    names = {name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/")}
    return [(name, name.replace("_", " ")) for name in sorted(names | {"UTC", current})]


class ProfileForm(forms.Form):
    display_name = NameField(label=_("Display name"), help_text=_("What others see in meetings."))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Time zone"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["time_zone"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = time_zones(self.initial.get("time_zone", "UTC"))

    @classmethod
    def of(cls, user: User, data: Any = None) -> "ProfileForm":
        fields = ("display_name", "language", "time_zone")
        return cls(data, initial={field: getattr(user, field) for field in fields})


class AvatarForm(forms.Form):
    avatar = forms.FileField(
        label=_("Avatar"),
        help_text=_("JPEG, PNG, WebP or GIF, up to 5 MB."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
    )

    def clean_avatar(self) -> bytes:
        upload: UploadedFile = self.cleaned_data["avatar"]
        return avatars.square(upload)


class DeleteAccountForm(forms.Form):
    """Asks for the password, or for the address of a person who only signs in through somebody else."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    email = forms.EmailField(label=_("Email"), help_text=_("Type your email address to confirm."))

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        del self.fields["email" if user.has_usable_password() else "password"]

    def clean_password(self) -> None:
        if not self.user.check_password(self.cleaned_data["password"]):
            raise forms.ValidationError(_("This is not your password."), code="password.wrong")

    def clean_email(self) -> None:
        if self.cleaned_data["email"].lower() != self.user.email.lower():
            raise forms.ValidationError(_("This is not your email address."), code="email.wrong")


class FirstAdministratorForm(forms.Form):
    email = forms.EmailField(label=_("Email"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    display_name = NameField(label=_("Display name"), help_text=_("What others see in meetings."))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=PASSWORD_HELP,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if User.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError(_("There is already an account with this email address."), code="email.taken")
        return email

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        person = User(email=self.cleaned_data.get("email", ""), display_name=self.cleaned_data.get("display_name", ""))
        validate_password(password, person)
        return password
