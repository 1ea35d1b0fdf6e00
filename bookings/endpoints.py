"""Booking over HTTP for programs: JSON or a form in, JSON out. Not docs for people: docs/protocol.md."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar, cast
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from accounts.requests import MemberRequest
from bookings.alternatives import Alternative
from bookings.conflicts import Changed, Conflict, Taken
from bookings.models import Booking
from bookings.services.bookings import book
from bookings.services.wishes import MOST_SPACES, MeetingKind, Wish, no_such_time
from bookings.spaces.access import amenities_of, spaces_in
from bookings.spaces.models import Space
from organizations.access import membership_in
from organizations.models import Organization
from realtime import metrics
from realtime.limits import at_most
from realtime.refusals import Refused
from rooms.schedules.times import NoSuchTime, in_zone, is_plannable

SAVED = 120  # per person and hour: each may send a hundred mails
STATUS = {"booking.conflict": 409, "booking.changed": 409, "booking.not-allowed": 403, "rate.exceeded": 429}
View = TypeVar("View", bound=Callable[..., HttpResponse])


class Asked(msgspec.Struct, forbid_unknown_fields=True):
    """`starts` and `ends`: ISO 8601, with an offset or else in the zone of the first space."""

    spaces: list[UUID]
    starts: str
    ends: str
    title: str
    description: str = ""
    is_private: bool = False
    people: int = 1
    needs: list[UUID] = []
    attendees: list[str] = []
    reminder: int = 0
    meeting: str = MeetingKind.NONE
    external_url: str = ""
    hold: UUID | None = None


LISTS = ("spaces", "needs", "attendees")


def refusals_as_json(view: View) -> View:
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Refused as refused:
            metrics.refusals.labels(refused.code).inc()
            return JsonResponse(_refusal(refused), status=STATUS.get(refused.code, 422))

    return cast(View, answer)


@refusals_as_json
def create(request: MemberRequest, slug: str) -> HttpResponse:
    """For a view that knows who asks. `Idempotency-Key`: up to 64 characters; the same key again is answered with the
    same booking."""
    membership = membership_in(slug, request.user)  # first: strangers hear nothing of what they sent
    at_most(SAVED, f"booking-saved:{request.user.pk}", within=timedelta(hours=1))
    asked = _asked(request)
    wish = _wish(asked, membership.organization)
    key = request.headers.get("Idempotency-Key", "")
    booking = book(organizer=request.user, wish=wish, hold=asked.hold, key=key, membership=membership)
    return JsonResponse(booked(booking), status=201)


def _asked(request: HttpRequest) -> Asked:
    try:
        if request.content_type == "application/json":
            return msgspec.json.decode(request.body, type=Asked)
        fields = {name: request.POST.getlist(name) if name in LISTS else value for name, value in request.POST.items()}
        fields.pop("csrfmiddlewaretoken", None)
        return msgspec.convert(fields, Asked, strict=False)
    except msgspec.MsgspecError as wrong:
        raise Refused("booking.invalid", _("A field is missing, unknown or not as it should be.")) from wrong


def _wish(asked: Asked, organization: Organization) -> Wish:
    if not 1 <= len(asked.spaces) <= MOST_SPACES:
        raise Refused("booking.invalid", _("Choose one to five spaces."))
    spaces = spaces_in(organization, asked.spaces)
    needs = tuple(amenities_of(organization).filter(pk__in=asked.needs)) if asked.needs else ()
    if len(needs) < len(set(asked.needs)):
        raise Refused("booking.amenities-missing", _("Something that you need is not there."))
    return Wish(
        spaces=tuple(spaces),
        starts_at=_moment(asked.starts, spaces[0]),
        ends_at=_moment(asked.ends, spaces[0]),
        needs=needs,
        attendees=tuple(asked.attendees),
        **{name: getattr(asked, name) for name in ("title", "description", "is_private", "people", "reminder")},
        meeting=asked.meeting,
        external_url=asked.external_url,
    )


def _moment(text: str, space: Space) -> datetime:
    try:
        found = parse_datetime(text)
        if found is None or not is_plannable(found):
            raise ValueError
        return found if found.tzinfo else in_zone(found, space.zone)
    except NoSuchTime as gap:
        raise no_such_time() from gap
    except ValueError as wrong:
        raise Refused("booking.invalid", _("This is not a time.")) from wrong


def booked(booking: Booking) -> dict[str, Any]:
    return {
        "id": str(booking.pk),
        "state": booking.state,
        "version": booking.version,
        "starts_at": booking.starts_at.isoformat(),
        "ends_at": booking.ends_at.isoformat(),
        "spaces": sorted(str(pk) for pk in booking.slots.values_list("space", flat=True)),
    }


def _refusal(refused: Refused) -> dict[str, Any]:
    said: dict[str, Any] = {"code": refused.code, "text": refused.text}
    if isinstance(refused, Conflict):
        said["taken"] = [_taken(one) for one in refused.taken]
        said["alternatives"] = [_alternative(one) for one in refused.alternatives]
    if isinstance(refused, Changed):
        said["booking"] = booked(refused.booking)
    return said


def _taken(one: Taken) -> dict[str, str]:
    times = {"starts_at": one.starts_at.isoformat(), "ends_at": one.ends_at.isoformat()}
    return {"space": str(one.space.pk), **times, "title": one.title, "organizer": one.organizer}


def _alternative(one: Alternative) -> dict[str, Any]:
    times = {"starts_at": one.starts_at.isoformat(), "ends_at": one.ends_at.isoformat()}
    return {"spaces": [str(space.pk) for space in one.spaces], **times}
