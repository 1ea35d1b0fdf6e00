"""Who is invited says whether they come."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import Action
from audit.services import record
from bookings.answers.tokens import read
from bookings.calendars.events import readable
from bookings.models import Answer, Attendee, Booking
from realtime.refusals import Refused


@dataclass(frozen=True, slots=True)
class Invited:
    """One address and what it is invited to: a booking, or those of a series that are still to come.

    `seen` changes with what is told of it; an answer carries the one that was on the page.
    """

    email: str
    bookings: Sequence[Booking]
    answer: str
    in_series: bool

    @property
    def next(self) -> Booking:
        return self.bookings[0]

    @property
    def seen(self) -> str:
        return ".".join(str(one) for one in (len(self.bookings), sum(one.sequence for one in self.bookings)))


def invited_by(token: str) -> Invited:
    """404 for who is invited no longer; refused where nothing is left to answer."""
    kind, key, email = read(token)
    of = {"series": key} if kind == "series" else {"pk": key}
    mine = Booking.objects.filter(attendees__email=email, **of)
    if not mine.exists():
        raise Http404
    standing = list(readable(mine.standing()).order_by("starts_at"))
    if not standing:
        raise Refused("booking.over", _("This booking is over or was cancelled, so it does not change any more."))
    answers = set(_rows(email, standing).values_list("answer", flat=True))
    answer = answers.pop() if len(answers) == 1 else Answer.NEEDS_ACTION
    return Invited(email, standing, answer, in_series=kind == "series")


@transaction.atomic
def answer(*, invited: Invited, answer: str) -> None:
    """The same as before is no news."""
    rows = _rows(invited.email, invited.bookings).exclude(answer=answer)
    if not rows.update(answer=answer, answered_at=timezone.now()):
        return
    entity = invited.next.series if invited.in_series and invited.next.series else invited.next
    record(action=Action.BOOKING_ANSWERED, entity=entity, organization=invited.next.organization_id, answer=answer)


def ask_again(*, booking: Booking) -> None:
    """For another time. The caller's transaction."""
    booking.attendees.exclude(answer=Answer.NEEDS_ACTION).update(answer=Answer.NEEDS_ACTION, answered_at=None)


def _rows(email: str, bookings: Sequence[Booking]) -> "QuerySet[Attendee]":
    return Attendee.objects.filter(email=email, booking__in=bookings)
