"""Labels here are part of the product's contract (accessible names)."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.http.request import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from bookings.models import Booking
from bookings.services.scopes import Scope
from bookings.services.wishes import MeetingKind, Wish, no_such_time
from bookings.spaces.models import Amenity, Space
from bookings.tickets.access import warnings_in
from bookings.tickets.models import Ticket
from realtime.refusals import Refused
from rooms.schedules.forms import AddressesField, NoteField, TimesForm, TitleField, WallTimeField
from rooms.schedules.times import NoSuchTime, in_zone, is_plannable

ORDER = ("title", "space", "starts", "ends", "people")
HALF_HOUR = timedelta(minutes=30)
MORNING = "09:00"


class BookingForm(TimesForm):
    """Read with `wish`. Times are in the zone of the (first) space. `key` and `hold` go with the page."""

    title = TitleField(label=_("Title"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    space = forms.ModelChoiceField(label=_("Space"), queryset=Space.objects.none(), empty_label=None)
    more_spaces = forms.ModelMultipleChoiceField(
        label=_("More spaces"),
        queryset=Space.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("All of them, or none."),
    )
    people = forms.IntegerField(label=_("People"), min_value=1, max_value=10_000, initial=2)
    needs = forms.ModelMultipleChoiceField(
        label=_("Needed equipment"),
        queryset=Amenity.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    meeting = forms.ChoiceField(
        label=_("Online meeting"),
        choices=[
            (MeetingKind.ROOM, _("Here, with a link to join")),
            (MeetingKind.EXTERNAL, _("Somewhere else")),
            (MeetingKind.NONE, _("None")),
        ],
        initial=MeetingKind.ROOM,
    )
    external_url = forms.URLField(
        label=_("Link to that meeting"), required=False, max_length=500, assume_scheme="https"
    )
    attendees = AddressesField(
        label=_("Invite by mail"),
        required=False,
        max_length=30_000,
        help_text=_("Mail addresses, up to 100. Each gets an invitation with a calendar file."),
    )
    description = NoteField(
        label=_("Description"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    is_private = forms.BooleanField(
        label=_("Private"), required=False, help_text=_("Others see that the space is busy, and not with what.")
    )
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    hold = forms.UUIDField(widget=forms.HiddenInput, required=False)
    field_order = ORDER

    def __init__(self, data: Any = None, *, spaces: Sequence[Space], **kwargs: Any) -> None:
        """`spaces` may be chosen."""
        super().__init__(data, label_suffix="", **kwargs)
        self.spaces = spaces
        known = Space.objects.filter(pk__in=[space.pk for space in spaces])
        self.fields["space"].queryset = self.fields["more_spaces"].queryset = known  # type: ignore[attr-defined]
        amenities = Amenity.objects.filter(spaces__in=known).distinct()
        self.fields["needs"].queryset = amenities  # type: ignore[attr-defined]

    @classmethod
    def for_new(cls, spaces: Sequence[Space], asked: Any, data: Any = None) -> "BookingForm":
        """`asked`: what a link says in `space`, `starts`, `ends` or only `date`, and `people`; times are ISO 8601."""
        first = _chosen(spaces, (data or asked).get("space"))
        begins, ends = _times(asked, first.zone)
        initial = {
            "space": first.pk,
            "starts": begins,
            "ends": ends,
            "people": asked.get("people") or 2,
            "key": secrets.token_urlsafe(16),
        }
        return cls(data, spaces=spaces, zone=first.zone, initial=initial)

    @property
    def warnings(self) -> list[tuple[Space, list[Ticket]]]:
        """What blocks spaces that may be chosen."""
        return warnings_in(self.spaces)

    def posted(self) -> list[tuple[str, str]]:
        """Everything as it was sent, to send it once more."""
        data = cast(QueryDict, self.data)
        left = {"csrfmiddlewaretoken", "confirm", "instead"}
        return [(name, value) for name in data if name not in left for value in data.getlist(name)]

    def clean(self) -> None:
        super().clean()
        asked = self.cleaned_data
        if asked.get("meeting") == MeetingKind.EXTERNAL and asked.get("external_url") == "":
            self.add_error("external_url", forms.ValidationError(_("Paste the link."), code="required"))

    @property
    def wish(self) -> Wish:
        asked = self.cleaned_data
        return Wish(
            spaces=spaces_in(asked),
            starts_at=asked["starts"],
            ends_at=asked["ends"],
            title=asked["title"],
            description=asked["description"],
            is_private=asked["is_private"],
            people=asked["people"],
            needs=tuple(asked["needs"]),
            attendees=asked["attendees"],
            reminder=asked["reminder"],
            meeting=asked["meeting"],
            external_url=asked["external_url"] if asked["meeting"] == MeetingKind.EXTERNAL else "",
        )


class SeenForm(forms.Form):
    """Read with `seen`: the version that the page showed, 0 where it does not say."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)

    @property
    def seen(self) -> int:
        return 0 if "version" in self.errors else self.cleaned_data["version"] or 0


class ScopeForm(SeenForm):
    """Which dates of a series are meant."""

    scope = forms.TypedChoiceField(
        label=_("Which dates"),
        label_suffix="",
        choices=[
            (Scope.THIS, _("Only this one")),
            (Scope.FOLLOWING, _("This one and all after it")),
            (Scope.ALL, _("All that are to come")),
        ],
        coerce=Scope,
        initial=Scope.THIS,
        empty_value=Scope.THIS,
        required=False,
        widget=forms.RadioSelect,
    )


class ChangeForm(ScopeForm, BookingForm):
    """Read with `change`."""

    field_order = ORDER

    def __init__(self, data: Any = None, *, repeats: bool, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        for name in ("repeat", "until", "count", "key", "hold", *(() if repeats else ("scope",))):
            del self.fields[name]

    @classmethod
    def of(cls, booking: Booking, spaces: Sequence[Space], data: Any = None) -> "ChangeForm":
        held = list(booking.spaces.all())
        zone = _chosen(spaces, (data or {}).get("space") or held[0].pk).zone
        meeting = booking.meeting
        initial = {
            "title": booking.title,
            "space": held[0].pk,
            "more_spaces": [space.pk for space in held[1:]],
            "starts": booking.starts_at.astimezone(zone).replace(tzinfo=None),
            "ends": booking.ends_at.astimezone(zone).replace(tzinfo=None),
            "people": booking.people,
            "needs": booking.needs.all(),
            "meeting": MeetingKind.of(meeting),
            "external_url": meeting.external_url if meeting else "",
            "attendees": "\n".join(one.email for one in booking.attendees.all()),
            "description": booking.description,
            "is_private": booking.is_private,
            "reminder": booking.reminder,
            "version": booking.version,
        }
        return cls(
            data,
            spaces=spaces,
            zone=zone,
            begun=booking.starts_at,
            ended=booking.ends_at,
            initial=initial,
            repeats=booking.series_id is not None,
        )

    @property
    def change(self) -> dict[str, Any]:
        """What `change_series` takes."""
        asked = self.cleaned_data
        return {"wish": self.wish, "version": self.seen, "scope": asked.get("scope", Scope.THIS)}

    def anew(self, booking: Booking) -> Booking:
        """Saved once more, it takes the place of this newer one."""
        data = cast(QueryDict, self.data).copy()
        data["version"] = str(booking.version)
        self.data = data
        return booking


class HoldForm(BookingForm):
    """Of a whole form only where and when. Read with `span`."""

    @classmethod
    def of(cls, spaces: Sequence[Space], data: Any) -> "HoldForm":
        return cls(data, spaces=spaces, zone=_chosen(spaces, data.get("space")).zone)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        for name in self.fields.keys() - {"space", "more_spaces", "starts", "ends", "hold"}:
            del self.fields[name]

    @property
    def problem(self) -> str:
        return next((str(text) for texts in self.errors.values() for text in texts), "")

    @property
    def span(self) -> dict[str, Any]:
        asked = self.cleaned_data
        return {"spaces": spaces_in(asked), "starts_at": asked["starts"], "ends_at": asked["ends"]}


class MoveForm(forms.Form):
    """Times are those of the clock in the space where it is dropped; `from`: the one from which it was dragged."""

    version = forms.IntegerField(min_value=1)
    starts = WallTimeField()
    ends = WallTimeField()
    space = forms.UUIDField()

    def wish(self, booking: Booking, space: Space) -> Wish:
        """Refuses times that the clocks skip."""
        dragged, held = self.data.get("from"), list(booking.spaces.order_by("pk"))
        if str(space.pk) != dragged and {dragged, str(space.pk)} <= {str(one.pk) for one in held}:
            raise Refused("booking.invalid", _("It has this space already."))
        spaces = tuple(space if str(one.pk) == dragged else one for one in held)
        try:
            starts_at, ends_at = (in_zone(self.cleaned_data[name], space.zone) for name in ("starts", "ends"))
        except NoSuchTime as gap:
            raise no_such_time() from gap
        return Wish.of(booking, spaces=spaces, starts_at=starts_at, ends_at=ends_at)


class DecisionForm(forms.Form):
    """`mark`: where all that wait of a series are meant, what was seen of them."""

    decision = forms.ChoiceField(choices=[("approve", ""), ("decline", "")])
    version = forms.IntegerField(min_value=1)
    mark = forms.CharField(max_length=64, required=False)


def spaces_in(asked: dict[str, Any]) -> tuple[Space, ...]:
    first = asked["space"]
    return (first, *(space for space in asked["more_spaces"] if space != first))


def with_alternative(data: QueryDict) -> QueryDict:
    """Where one was pressed, its spaces and times in the place of what was typed."""
    spaces, _bar, times = data.get("instead", "").partition("|")
    if not times:
        return data
    starts, _bar, ends = times.partition("|")
    first, *more = spaces.split(",")
    changed = data.copy()
    changed["space"], changed["starts"], changed["ends"] = first, starts, ends
    changed.setlist("more_spaces", list[Any](more))
    return changed


def _chosen(spaces: Sequence[Space], pk: object) -> Space:
    return next((space for space in spaces if str(space.pk) == str(pk)), spaces[0])


def _times(asked: Any, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """What a link asks for, or the next half hour that begins."""
    starts, ends = (_wall(asked.get(name), zone) for name in ("starts", "ends"))
    starts = starts or _wall(f"{asked.get('date')}T{MORNING}", zone)
    if starts is None:
        now = timezone.now().astimezone(zone).replace(second=0, microsecond=0, tzinfo=None)
        starts = now + HALF_HOUR - timedelta(minutes=now.minute % 30)
    return starts, ends or starts + timedelta(hours=1)


def _wall(text: str | None, zone: ZoneInfo) -> datetime | None:
    try:
        found = parse_datetime((text or "").replace(" ", "+"))
    except ValueError:
        return None
    if found is None or not is_plannable(found):
        return None
    return found.astimezone(zone).replace(tzinfo=None) if found.tzinfo else found
