"""Labels here are part of the product's contract (accessible names)."""

import datetime
from collections.abc import Iterator
from datetime import time, timedelta
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms.boundfield import BoundField
from django.utils.dates import WEEKDAYS
from django.utils.functional import cached_property
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from accounts import avatars
from accounts.forms import time_zones
from accounts.names import one_line
from bookings.spaces.access import amenities_of
from bookings.spaces.models import DAY, FURTHEST, LONGEST_BUFFER, Amenity, Space
from bookings.spaces.services import Changes
from organizations.models import Organization

PHOTO = (960, 540)  # pixels
MOST_PEOPLE = 10_000
GROUPS = {
    _("Where it is"): ("name", "building", "floor", "time_zone", "description"),
    _("What is there"): ("capacity", "amenities", "new_amenities", "photo", "remove_photo"),
    _("Booking it"): ("booked_by", "needs_approval", "longest", "horizon_days", "buffer_before", "buffer_after"),
}
FIELDS = tuple(
    name for group in GROUPS.values() for name in group if name not in {"new_amenities", "photo", "remove_photo"}
)


class LineField(forms.CharField):
    def to_python(self, value: object) -> str:
        return one_line(super().to_python(value) or "")


class NewAmenitiesField(forms.CharField):
    """Names with commas between them, each once."""

    def clean(self, value: Any) -> tuple[str, ...]:
        names = {one_line(name) for name in super().clean(value).split(",")}
        if any(len(name) > 50 for name in names):
            raise forms.ValidationError(_("Use 50 characters or fewer for each."), code="max_length")
        return tuple(sorted(names - {""}))


def _number(label: Any, least: int, most: int, help_text: Any = "") -> forms.IntegerField:
    wrong = format_lazy(_("Choose a whole number from {least} to {most}."), least=least, most=most)
    errors = dict.fromkeys(("required", "invalid", "min_value", "max_value"), wrong)
    return forms.IntegerField(label=label, min_value=least, max_value=most, help_text=help_text, error_messages=errors)


def _time_field(label: Any) -> forms.TimeField:
    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    return forms.TimeField(label=label, required=False, widget=widget)


def minutes_of(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def time_of(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)


def _cut(image: Image.Image) -> Image.Image:
    return ImageOps.fit(image, PHOTO, Image.Resampling.LANCZOS)


class SpaceForm(forms.ModelForm[Space]):
    """A space with its amenities, photo and opening hours. Read with `changes`; services write."""

    name = LineField(label=_("Name"), max_length=100, error_messages={"required": _("Give the space a name.")})
    building = LineField(label=_("Building"), max_length=100, required=False)
    floor = LineField(label=_("Floor"), max_length=50, required=False)
    time_zone = forms.ChoiceField(label=_("Time zone"), help_text=_("Its times are shown in this zone."))
    capacity = _number(_("People"), 1, MOST_PEOPLE, _("How many fit in."))
    amenities = forms.ModelMultipleChoiceField(
        label=_("Amenities"), queryset=Amenity.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    new_amenities = NewAmenitiesField(
        label=_("New amenities"), max_length=500, required=False, help_text=_("With commas between them.")
    )
    photo = forms.FileField(
        label=_("Photo"),
        required=False,
        help_text=_("JPEG, PNG, WebP or GIF, up to 5 MB. It is cut to 16:9."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
    )
    remove_photo = forms.BooleanField(label=_("Remove the photo"), required=False)
    longest = _number(_("Longest booking, in minutes"), 5, DAY)
    horizon_days = _number(_("Days ahead"), 1, FURTHEST, _("How far ahead it can be booked."))
    buffer_before = _number(_("Minutes kept clear before"), 0, LONGEST_BUFFER)
    buffer_after = _number(_("Minutes kept clear after"), 0, LONGEST_BUFFER)

    class Meta:
        model = Space
        fields = FIELDS
        labels = {"booked_by": _("Who may book"), "needs_approval": _("Needs approval")}
        help_texts = {"needs_approval": _("Bookings wait until an administrator has agreed.")}
        widgets = {
            "description": forms.Textarea(attrs={"rows": 3}),
            "needs_approval": forms.CheckboxInput(attrs={"role": "switch"}),
        }

    def __init__(self, organization: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"label_suffix": ""})
        self.fields["amenities"].queryset = amenities_of(organization)  # type: ignore[attr-defined]
        self.fields["time_zone"].choices = time_zones(self.instance.time_zone)  # type: ignore[attr-defined]
        if not self.instance.photo:
            del self.fields["remove_photo"]
        for weekday, day in WEEKDAYS.items():
            self.fields[f"opens_{weekday}"] = _time_field(format_lazy(_("{day} from"), day=day))
            self.fields[f"closes_{weekday}"] = _time_field(format_lazy(_("{day} until"), day=day))

    @classmethod
    def for_new(cls, organization: Organization, time_zone: str, data: Any = None, files: Any = None) -> "SpaceForm":
        initial = {"time_zone": time_zone, "capacity": 6}
        return cls(organization, data, files, instance=Space(organization=organization), initial=initial)

    @classmethod
    def of(cls, space: Space, data: Any = None, files: Any = None) -> "SpaceForm":
        initial = {}
        for hours in space.opening_hours.all():
            initial[f"opens_{hours.weekday}"] = time_of(hours.opens)
            initial[f"closes_{hours.weekday}"] = time_of(hours.closes)
        form = cls(space.organization, data, files, instance=space, initial=initial)
        for name, field in form.fields.items():
            field.show_hidden_initial = name != "photo"  # so that a stale page undoes nothing
        return form

    @property
    def changes(self) -> Changes:
        """Of a new space everything; else what the person changed on the page before them."""
        new = self.instance._state.adding
        told = set(self.fields) if new else set(self.changed_data)
        asked = self.cleaned_data
        return Changes(
            fields={name: asked[name] for name in FIELDS if name in told and name != "amenities"},
            amenities=asked["amenities"] if "amenities" in told else None,
            new_amenities=asked["new_amenities"],
            hours=self._hours() if any(name.startswith(("opens_", "closes_")) for name in told) else None,
            photo=asked["photo"] or (b"" if asked.get("remove_photo") else None),
        )

    def _hours(self) -> dict[int, tuple[int, int]]:
        asked = self.cleaned_data
        return {
            day: (minutes_of(asked[f"opens_{day}"]), minutes_of(asked[f"closes_{day}"]) or DAY)
            for day in WEEKDAYS
            if asked[f"opens_{day}"] is not None
        }

    def clean_photo(self) -> bytes:
        upload: UploadedFile | None = self.cleaned_data["photo"]
        return avatars.rewritten(upload, 4 * PHOTO[0], _cut) if upload else b""

    def clean(self) -> dict[str, Any]:
        for day in WEEKDAYS:
            opens, closes = (self.cleaned_data.get(f"{name}_{day}") for name in ("opens", "closes"))
            if (opens is None) != (closes is None):
                missing = "opens" if opens is None else "closes"
                self.add_error(f"{missing}_{day}", _("Give both times, or none for a day when it is closed."))
            elif opens is not None and closes is not None and minutes_of(opens) >= (minutes_of(closes) or DAY):
                self.add_error(f"closes_{day}", _("Choose an end after the start; 00:00 is midnight."))
        return self.cleaned_data

    def groups(self) -> Iterator[tuple[Any, list[BoundField]]]:
        for heading, names in GROUPS.items():
            yield heading, [self[name] for name in names if name in self.fields]

    def days(self) -> Iterator[tuple[Any, BoundField, BoundField]]:
        for weekday, day in WEEKDAYS.items():
            yield day, self[f"opens_{weekday}"], self[f"closes_{weekday}"]

    def first_error_id(self) -> str:
        """Where to send somebody who cannot see what is wrong from the top of the page."""
        return next((self[name].id_for_label for name in self.fields if name in self.errors), "")


class AmenityForm(forms.Form):
    name = LineField(label=_("Name"), max_length=50)


class FilterForm(forms.Form):
    """Which spaces are shown. What is wrong counts as not asked for."""

    people = forms.IntegerField(label=_("People"), min_value=1, max_value=MOST_PEOPLE, required=False)
    building = forms.ChoiceField(label=_("Building"), required=False)
    amenities = forms.ModelMultipleChoiceField(
        label=_("Amenities"), queryset=Amenity.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, organization: Organization, buildings: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"label_suffix": ""})
        known = [(name, name) for name in buildings]
        self.fields["building"].choices = [("", _("Any")), *known]  # type: ignore[attr-defined]
        self.fields["amenities"].queryset = amenities_of(organization)  # type: ignore[attr-defined]

    @cached_property
    def asked(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in getattr(self, "cleaned_data", {}).items() if value}


class SearchForm(FilterForm):
    """Also when they shall be free, by the clock of each space."""

    date = forms.DateField(
        label=_("Date"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    start = _time_field(_("From"))
    end = _time_field(_("To"))
    field_order = ["date", "start", "end", "people", "building", "amenities"]

    @property
    def when(self) -> tuple[datetime.date, int, int] | None:
        """The day, and minutes of that day; None where no time was asked for."""
        asked = self.asked
        if not {"date", "start", "end"} <= asked.keys():
            return None
        return asked["date"], minutes_of(asked["start"]), minutes_of(asked["end"]) or DAY

    @property
    def times(self) -> dict[str, str]:
        """The same as a booking is begun with."""
        if self.when is None:
            return {}
        day, begin, end = self.when
        midnight = datetime.datetime.combine(day, time())
        pair = {"starts": begin, "ends": end}
        return {name: f"{midnight + timedelta(minutes=minutes):%Y-%m-%dT%H:%M}" for name, minutes in pair.items()}

    def clean(self) -> dict[str, Any]:
        asked = self.cleaned_data
        given = [asked.get(name) for name in ("date", "start", "end")]
        if self.errors or given[1:] == [None, None]:
            return asked
        for name in ("date", "start", "end"):
            if asked[name] is None:
                self.add_error(name, _("Give the date, from and to."))
        if None not in given and minutes_of(asked["start"]) >= (minutes_of(asked["end"]) or DAY):
            self.add_error("end", _("Choose an end after the start; 00:00 is midnight."))
        return self.cleaned_data
