"""Labels here and in the models are part of the product's contract (accessible names)."""

from copy import copy
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from accounts.names import one_line
from organizations import branding
from organizations.models import Organization, well_formed_slug


class OrganizationNameField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        errors = {"required": _("Give the organization a name."), "max_length": _("Use 255 characters or fewer.")}
        widget = forms.TextInput(attrs={"autocomplete": "organization"})
        kwargs = {"label": _("Name"), "widget": widget, "error_messages": errors, **kwargs, "max_length": 255}
        super().__init__(**kwargs)

    def to_python(self, value: object) -> str:
        return one_line(super().to_python(value) or "")


class ColorField(forms.CharField):
    def to_python(self, value: object) -> str:
        return (super().to_python(value) or "").lower()


class NewOrganizationForm(forms.Form):
    name = OrganizationNameField()
    slug = forms.CharField(
        label=_("Address"),
        required=False,
        max_length=90,
        validators=[well_formed_slug],
        help_text=_("Small letters, digits and hyphens. Left empty, it is made from the name."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )


class SettingsForm(forms.ModelForm[Organization]):
    """Read with `changes`; services write."""

    class Meta:
        model = Organization
        fields = (
            "name",
            "slug",
            "accent_color",
            "rooms_made_by",
            "bookings_made_by",
            "bookings_per_person",
            "records_kept",
        )
        field_classes = {"name": OrganizationNameField, "accent_color": ColorField}
        widgets = {
            "slug": forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
            "accent_color": forms.TextInput(attrs={"autocomplete": "off", "placeholder": "#0b6e4f", "size": 9}),
        }
        labels = {"name": _("Name")}
        error_messages = {"slug": {"unique": _("This address is taken. Choose another one.")}}
        help_texts = {
            "slug": _("Small letters, digits and hyphens. Links with the old one stop working."),
            "accent_color": _(
                "Buttons and links where people join its rooms, like #0b6e4f. It is made darker on light pages and "
                "lighter on dark ones where it could not be read. Empty: the usual colour."
            ),
            "rooms_made_by": _("Viewers never do."),
            "bookings_made_by": _("Viewers never do. A space may ask for more."),
            "bookings_per_person": _("How many that are not over one person may have. 0 is any number."),
            "records_kept": _("Where a room keeps its records for a shorter time, that counts."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.show_hidden_initial = True  # the page says what it showed, so that a stale one undoes nothing

    @classmethod
    def of(cls, organization: Organization, data: Any = None) -> "SettingsForm":
        return cls(data, instance=copy(organization))  # a form writes into its instance, also what is refused

    @property
    def changes(self) -> dict[str, Any]:
        """What the person changed on the page before them."""
        return {field: self.cleaned_data[field] for field in self.changed_data}


class LogoForm(forms.Form):
    logo = forms.FileField(
        label=_("Logo"),
        help_text=_("JPEG, PNG, WebP or GIF, up to 5 MB."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
    )

    def clean_logo(self) -> bytes:
        upload: UploadedFile = self.cleaned_data["logo"]
        return branding.logo(upload)


class DeleteForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the organization"),
        help_text=_("Type it to confirm."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, organization: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organization = organization

    def clean_name(self) -> None:
        if " ".join(self.cleaned_data["name"].split()) != self.organization.name:
            raise forms.ValidationError(_("This is not its name."), code="name.wrong")
