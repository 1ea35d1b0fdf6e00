"""Labels here and in the models are part of the product's contract (accessible names)."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.names import one_line
from organizations.models import Organization
from rooms.codes import normalise
from rooms.models import SEATS_MAX, SEATS_MIN, SWITCHES, Room, RoomSettings
from rooms.services.retention import days_kept

GROUPS = {
    _("Who can join"): (
        "waiting_room",
        "waiting_message",
        "wait_for_host",
        "allow_guest_access",
        "show_participants_before_join",
        "max_participants",
    ),
    _("In the call"): (
        "allow_chat",
        "allow_files",
        "allow_private_messages",
        "allow_screen_share",
        "allow_reactions",
        "allow_unmute",
        "allow_camera",
        "without_host",
    ),
    _("Media"): ("mute_participants_on_join", "camera_off_on_join", "engine"),
    _("Records"): ("records_kept",),
}
SETTINGS = tuple(field for group in GROUPS.values() for field in group)
NAME_LENGTH = 100
SEATS_WRONG = format_lazy(_("Choose a whole number from {least} to {most}."), least=SEATS_MIN, most=SEATS_MAX)


RECORDS_KEPT = _("Who was there, chat and files go that long after the meeting has ended; what is older goes at once.")


class RoomNameField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        errors = {"required": _("Give the room a name."), "max_length": _("Use 100 characters or fewer.")}
        widget = forms.TextInput(attrs={"autocomplete": "off"})
        super().__init__(label=_("Room name"), max_length=NAME_LENGTH, error_messages=errors, widget=widget, **kwargs)

    def to_python(self, value: object) -> str:
        return one_line(super().to_python(value) or "")


class SeatsField(forms.IntegerField):
    def __init__(self, **kwargs: Any) -> None:
        errors = dict.fromkeys(("required", "invalid", "min_value", "max_value"), SEATS_WRONG)
        own = {"min_value": SEATS_MIN, "max_value": SEATS_MAX, "error_messages": errors}
        super().__init__(**(kwargs | own))


class OrganizationField(forms.TypedChoiceField):
    """Whose room it is; None is the person's own."""

    def __init__(self, organizations: Sequence[Organization]) -> None:
        by_slug = {one.slug: one for one in organizations}
        super().__init__(
            label=_("Organization"),
            required=False,
            choices=[("", _("None: it is just mine")), *((one.slug, one.name) for one in organizations)],
            coerce=by_slug.__getitem__,
            empty_value=None,
            help_text=_(
                "Its administrators may change, close and delete the room, and it keeps the room when you leave."
            ),
        )


class RoomForm(forms.ModelForm[RoomSettings]):
    """A room's name and all of its settings. Read with `name` and `settings`; services write."""

    name = RoomNameField()

    class Meta:
        model = RoomSettings
        fields = SETTINGS
        field_classes = {"max_participants": SeatsField}
        widgets = {field: forms.CheckboxInput(attrs={"role": "switch"}) for field in SWITCHES}
        help_texts = {
            "waiting_room": _("Who asks at the door and is let in by a host. While no host is inside, nobody is."),
            "waiting_message": _("Shown to people while they wait."),
            "wait_for_host": _("Nobody gets in before you or a co-host."),
            "allow_guest_access": _("People without an account join with the link and a name."),
            "show_participants_before_join": _("Whoever opens the link sees who is inside."),
            "max_participants": _("From 2 to 100 people, you included."),
            "allow_files": _("Off: words only."),
            "allow_private_messages": _("People write to one person alone; hosts do not see it."),
            "allow_unmute": _("Off: who is muted stays so, except hosts."),
            "allow_camera": _("Off: only hosts are seen."),
            "without_host": _("The last host or co-host has left, or was lost."),
            "records_kept": RECORDS_KEPT,
            "engine": _(
                "How sound and picture travel: directly between up to four browsers, and through this server from the "
                "fifth person on or where the direct way fails; or always one of the two."
            ),
        }

    @classmethod
    def for_new_room(
        cls, data: Any = None, *, organizations: Sequence[Organization] = (), chosen: str = ""
    ) -> "RoomForm":
        """`organizations` are those it may belong to; `chosen` is the slug of the one suggested."""
        form = cls(data, initial={"name": Room.default_name(), "organization": chosen})
        form.fields["name"].required = False  # left empty, it is the default
        form.fields["organization"] = OrganizationField(organizations)
        return form

    @classmethod
    def of(cls, room: Room, data: Any = None) -> "RoomForm":
        form = cls(data, instance=room.settings, initial={"name": room.name})
        for field in form.fields.values():
            field.show_hidden_initial = True  # the page says what it showed, so that a stale one undoes nothing
        form.fields["records_kept"].help_text = _records_kept(room)
        return form

    @property
    def organization_chosen(self) -> Organization | None:
        return self.cleaned_data.get("organization")

    @property
    def settings(self) -> dict[str, Any]:
        return {field: self.cleaned_data[field] for field in SETTINGS}

    @property
    def changes(self) -> dict[str, Any]:
        """What the person changed on the page before them: arguments of `change_room`."""
        changed = {field: self.cleaned_data[field] for field in self.changed_data}
        return {"name": changed.pop("name", None), "settings": changed}

    def first_error_id(self) -> str:
        """Where to send somebody who cannot see what is wrong from the top of the page."""
        return next((self[name].id_for_label for name in ("name", *SETTINGS) if name in self.errors), "")

    def groups(self) -> Iterator[tuple[Any, list[BoundField]]]:
        for heading, fields in GROUPS.items():
            yield heading, [self[field] for field in fields]


def _records_kept(room: Room) -> str:
    days = days_kept(room.pk)
    if not days:
        return str(RECORDS_KEPT)
    until = timezone.localdate() + timedelta(days=days)
    example = gettext("A meeting that ends today is kept until %(date)s.") % {"date": date_format(until)}
    return f"{RECORDS_KEPT} {example}"


class JoinForm(forms.Form):
    code = forms.CharField(
        label=_("Meeting code or link"),
        max_length=2000,
        error_messages={"required": _("Type a meeting code, or paste a link.")},
        widget=forms.TextInput(
            attrs={
                "id": "meeting-code",
                "autocomplete": "off",
                "autocapitalize": "none",
                "spellcheck": "false",
                "placeholder": "abcd-efghj-kmnop",
            }
        ),
    )

    def clean_code(self) -> str:
        code = normalise(self.cleaned_data["code"])
        if not code:
            raise forms.ValidationError(
                _("This is not a meeting code or link. Check it, or ask the host to send it again."),
                code="code.unrecognised",
            )
        return code
