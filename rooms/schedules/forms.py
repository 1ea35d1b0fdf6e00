"""Labels here are part of the product's contract (accessible names)."""

import re
import unicodedata
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.names import one_line
from rooms.schedules.models import Reminder, Schedule
from rooms.schedules.services import MOST_INVITEES, Plan
from rooms.schedules.times import LONGEST_SERIES, NoSuchTime, comes_twice, in_zone, is_plannable, rule, rule_parts

LONGEST = timedelta(hours=24)
MOST_TIMES = 52
REPEAT = [
    ("", _("Does not repeat")),
    ("DAILY", _("Every day")),
    ("WEEKLY", _("Every week")),
    ("BIWEEKLY", _("Every two weeks")),
    ("MONTHLY", _("Every month, on the same date")),
]


class TitleField(forms.CharField):
    def to_python(self, value: object) -> str:
        return one_line(super().to_python(value) or "")


class NoteField(forms.CharField):
    """Lines of text; other control characters have no place in a mail."""

    def to_python(self, value: object) -> str:
        text = (super().to_python(value) or "").replace("\r\n", "\n")
        return "".join(one for one in text if one in "\n\t" or unicodedata.category(one) != "Cc")


class WallTimeField(forms.Field):
    """A date and a time of day without a zone; the form knows whose."""

    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
    default_error_messages = {"invalid": _("Choose a date and a time.")}

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values or isinstance(value, datetime):
            return value or None
        try:
            found = datetime.strptime(str(value)[:16].replace(" ", "T"), "%Y-%m-%dT%H:%M")
        except ValueError as wrong:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from wrong
        if not is_plannable(found):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return found


class AddressesField(forms.CharField):
    """Mail addresses, one per line or with commas between them; each once."""

    widget = forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"})

    def clean(self, value: Any) -> tuple[str, ...]:
        text = super().clean(value)
        found = dict.fromkeys(part.lower() for part in re.split(r"[\s,;]+", text) if part)
        if len(found) > MOST_INVITEES:
            raise forms.ValidationError(_("Invite 100 people or fewer."), code="too-many")
        for address in found:
            _check(address)
        return tuple(found)


def _check(address: str) -> None:
    try:
        validate_email(address)
    except forms.ValidationError as wrong:
        message = _("%(address)s is not a mail address.")
        raise forms.ValidationError(message, code="invalid", params={"address": address[:100]}) from wrong


class TimesForm(forms.Form):
    """When something is, once or again and again. Times of day are those of `zone`; cleaned ones are instants."""

    starts = WallTimeField(label=_("Starts"))
    ends = WallTimeField(label=_("Ends"))
    repeat = forms.ChoiceField(label=_("Repeats"), choices=REPEAT, required=False)
    until = forms.DateField(
        label=_("Repeat until"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("The last day, within a year of the first. Or say how many times:"),
    )
    count = forms.IntegerField(
        label=_("How many times"), required=False, min_value=1, max_value=MOST_TIMES, help_text=_("From 1 to 52.")
    )
    reminder = forms.TypedChoiceField(label=_("Reminder by mail"), choices=Reminder.choices, coerce=int, initial=0)

    def __init__(
        self,
        data: Any = None,
        *,
        zone: ZoneInfo,
        begun: datetime | None = None,
        ended: datetime | None = None,
        **kwargs: Any,
    ) -> None:
        """`begun` and `ended`: the times that it has already, which may be over, or in an hour that comes twice."""
        super().__init__(data, **kwargs)
        self.zone = zone
        self.begun, self.ended = begun, ended
        self.second_is_not_meant = False

    def first_error_id(self) -> str:
        """Where to send somebody who cannot see what is wrong from the top of the page."""
        return next((self[name].id_for_label for name in self.fields if name in self.errors), "")

    @property
    def rrule(self) -> str:
        asked = self.cleaned_data
        return rule(asked["repeat"], asked["starts"], self.zone, until=asked["until"], count=asked["count"])

    def clean_starts(self) -> datetime:
        return self._instant(self.cleaned_data["starts"], self.begun)

    def clean_ends(self) -> datetime:
        wall, starts_at = self.cleaned_data["ends"], self.cleaned_data.get("starts")
        ends_at = self._instant(wall, self.ended)
        if starts_at and ends_at <= starts_at:
            ends_at = in_zone(wall, self.zone, fold=1)  # begun before the clocks went back, ended after
        if starts_at and not timedelta() < ends_at - starts_at <= LONGEST:
            raise forms.ValidationError(_("Choose an end after the start, and within 24 hours of it."), code="length")
        return ends_at

    def _instant(self, wall: datetime, present: datetime | None) -> datetime:
        if present is not None and present.astimezone(self.zone).replace(tzinfo=None, fold=0) == wall:
            return present
        try:
            self.second_is_not_meant |= comes_twice(wall, self.zone)
            return in_zone(wall, self.zone)
        except NoSuchTime as gap:
            text = _("This time does not exist that day: the clocks go forward over it. Choose another.")
            raise forms.ValidationError(text, code="gap") from gap

    def clean(self) -> None:
        if not self.cleaned_data.get("repeat"):
            return
        until, count = self.cleaned_data.get("until"), self.cleaned_data.get("count")
        if {"until", "count"} & self.errors.keys():
            return
        if (until is None) == (count is None):
            self.add_error("until", forms.ValidationError(_("Choose a last day, or how many times."), code="end"))
        elif until and "starts" in self.cleaned_data:
            self._check_last_day(until, self.cleaned_data["starts"].astimezone(self.zone).date())

    def _check_last_day(self, until: date, first: date) -> None:
        if not first <= until <= first + LONGEST_SERIES:
            text = _("Choose a day from the first one on, and within a year of it.")
            self.add_error("until", forms.ValidationError(text, code="until"))


class ScheduleForm(TimesForm):
    """Read with `plan`. Times are in the zone of the person, or of a schedule that is changed, its own."""

    title = TitleField(label=_("Title"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    invitees = AddressesField(
        label=_("Invite by mail"),
        required=False,
        max_length=30_000,
        help_text=_("Mail addresses, up to 100. Each gets an invitation with a calendar file."),
    )
    note = NoteField(label=_("Note"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    field_order = ["title"]

    @classmethod
    def for_new(cls, user: User, data: Any = None) -> "ScheduleForm":
        zone = ZoneInfo(user.time_zone)
        hour = timezone.now().astimezone(zone).replace(minute=0, tzinfo=None) + timedelta(hours=1)
        return cls(data, zone=zone, initial={"starts": hour, "ends": hour + timedelta(hours=1)})

    @classmethod
    def of(cls, schedule: Schedule, data: Any = None) -> "ScheduleForm":
        zone = schedule.zone
        initial = {
            "title": schedule.title,
            "starts": schedule.starts_at.astimezone(zone).replace(tzinfo=None),
            "ends": schedule.ends_at.astimezone(zone).replace(tzinfo=None),
            "invitees": "\n".join(schedule.invitees.values_list("email", flat=True)),
            "note": schedule.note,
            "reminder": schedule.reminder,
            **rule_parts(schedule.rrule, zone),
        }
        return cls(data, zone=zone, begun=schedule.starts_at, ended=schedule.ends_at, initial=initial)

    def clean_starts(self) -> datetime:
        starts_at = super().clean_starts()
        if starts_at != self.begun and starts_at < timezone.now():
            raise forms.ValidationError(_("This time is over already."), code="past")
        return starts_at

    @property
    def plan(self) -> Plan:
        asked = self.cleaned_data
        return Plan(
            title=asked["title"],
            note=asked["note"],
            starts_at=asked["starts"],
            ends_at=asked["ends"],
            time_zone=str(self.zone),
            rrule=self.rrule,
            reminder=asked["reminder"],
            invitees=asked["invitees"],
        )
