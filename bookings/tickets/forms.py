"""Labels here are part of the product's contract (accessible names)."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from accounts import avatars
from accounts.models import User
from accounts.names import LONGEST, one_line
from bookings.spaces.models import Space
from bookings.tickets.access import assignable_in, spaces_in
from bookings.tickets.facts import facts_in
from bookings.tickets.models import Ticket, TicketState
from bookings.tickets.queue import NOBODY, ORDERS, UNSOLVED_OR_ALL, Wishes
from bookings.tickets.services import Report
from organizations.models import Membership
from rooms.schedules.forms import NoteField, TitleField

LONGEST_SIDE = 1600  # pixels of a photo
PICTURES = forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"})


class ReportForm(forms.Form):
    """What everybody says of what is wrong."""

    title = TitleField(label=_("What is wrong?"), max_length=150)
    description = NoteField(
        label=_("Description"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    @property
    def report(self) -> Report:
        return Report(**self.cleaned_data)


class DoorForm(ReportForm):
    """A member who is signed in is not asked for a name."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=LONGEST,
        required=False,
        help_text=_("If you like, so that we can ask you."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def __init__(self, member: Membership | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if member:
            del self.fields["name"]

    def clean_name(self) -> str:
        return one_line(self.cleaned_data["name"])

    @property
    def report(self) -> Report:
        return Report(title=self.cleaned_data["title"], description=self.cleaned_data["description"])


class CallForm(ReportForm):
    """`facts` are there only where the person ticked that they may be sent."""

    facts = forms.CharField(required=False, max_length=None)

    def clean_facts(self) -> dict[str, str]:
        return facts_in(self.cleaned_data["facts"] or "{}")


class TicketForm(ReportForm):
    space = forms.ModelChoiceField(
        label=_("Space"), queryset=Space.objects.none(), required=False, empty_label=_("Not about a space")
    )
    is_blocking = forms.BooleanField(
        label=_("The space cannot be used"),
        required=False,
        widget=forms.CheckboxInput(attrs={"role": "switch"}),
        help_text=_("Warns everybody who books it, and those who have booked it soon."),
    )
    photo = forms.FileField(
        label=_("Photo"), required=False, help_text=_("JPEG, PNG, WebP or GIF, up to 5 MB."), widget=PICTURES
    )

    def __init__(self, member: Membership, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["space"].queryset = spaces_in(member)  # type: ignore[attr-defined]

    def clean_photo(self) -> bytes:
        upload: UploadedFile | None = self.cleaned_data["photo"]
        return avatars.rewritten(upload, LONGEST_SIDE, lambda image: image) if upload else b""

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("is_blocking") and "space" in given and not given["space"]:
            self.add_error("space", _("Choose the space that cannot be used."))
        return given


class Versioned(forms.Form):
    """`version`: of the ticket as the page showed it."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class MoveForm(Versioned):
    state = forms.ChoiceField(choices=TicketState.choices)


class ArrangeForm(Versioned):
    assignee = forms.ModelChoiceField(
        label=_("Assigned to"), queryset=User.objects.none(), required=False, empty_label=_("Nobody")
    )
    is_blocking = forms.BooleanField(
        label=_("The space cannot be used"), required=False, widget=forms.CheckboxInput(attrs={"role": "switch"})
    )

    def __init__(self, ticket: Ticket, data: Any = None) -> None:
        shown = {"version": ticket.version, "assignee": ticket.assignee_id, "is_blocking": ticket.is_blocking}
        super().__init__(data, initial=shown)
        self.fields["assignee"].queryset = assignable_in(ticket.organization_id)  # type: ignore[attr-defined]
        if ticket.space_id is None:
            del self.fields["is_blocking"]


class CommentForm(forms.Form):
    text = NoteField(label=_("Comment"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))


class QueueForm(forms.Form):
    """Filters; what is not understood filters nothing."""

    text = forms.CharField(
        label=_("Search"), max_length=100, required=False, widget=forms.TextInput(attrs={"type": "search"})
    )
    state = forms.ChoiceField(label=_("State"), choices=[*UNSOLVED_OR_ALL, *TicketState.choices], required=False)
    space = forms.ModelChoiceField(
        label=_("Space"), queryset=Space.objects.none(), required=False, empty_label=_("Anywhere")
    )
    assignee = forms.ChoiceField(label=_("Assigned to"), required=False)
    order = forms.ChoiceField(label=_("Order"), choices=ORDERS, required=False)

    def __init__(self, member: Membership, data: Any) -> None:
        super().__init__(data)
        self.fields["space"].queryset = spaces_in(member)  # type: ignore[attr-defined]
        people = assignable_in(member.organization_id).exclude(pk=member.user_id)
        anybody = [("", _("Anybody")), (str(member.user_id), _("Me")), (NOBODY, _("Nobody"))]
        self.fields["assignee"].choices = [  # type: ignore[attr-defined]
            *anybody,
            *((str(person.pk), person.display_name) for person in people),
        ]

    @property
    def wishes(self) -> Wishes:
        self.is_valid()
        return Wishes(**{name: value for name, value in self.cleaned_data.items() if value})
