"""The page of a tablet at the door. Whoever has its link may do there what somebody may who stands in front of it."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_POST, require_safe

from bookings.door import services
from bookings.door.access import space_at_door
from bookings.door.board import board_of
from bookings.forms import SeenForm
from bookings.qr import qr_code
from bookings.spaces.models import Space
from realtime import metrics
from realtime.refusals import Refused

Deed = Callable[[HttpRequest, Space], object]


def _board(request: HttpRequest, space: Space, *, refused: Refused | None = None, status: int = 200) -> HttpResponse:
    board = board_of(space, timezone.now())
    way_in = board.here.way_in if board.here and board.here.is_agreed else ""
    context = {
        "board": board,
        "space": space,
        "refused": refused,
        "way_in": way_in,
        "join_code": _code(request, way_in),
        "space_code": _code(request, _page_of(space)),
    }
    with timezone.override(space.zone):
        return render(request, "bookings/door/door.html", context, status=status)


def _code(request: HttpRequest, path: str) -> str:
    return qr_code(request.build_absolute_uri(path)) if path else ""


def _page_of(space: Space) -> str:
    """Where members see when it is free, and book it."""
    return reverse("space", args=[space.organization.slug, space.pk])


def _find(request: HttpRequest, key: str) -> Space:
    return space_at_door(key, request.META.get("REMOTE_ADDR", ""))


@require_safe
@never_cache
@ensure_csrf_cookie
def door(request: HttpRequest, key: str) -> HttpResponse:
    try:
        return _board(request, _find(request, key))
    except Refused:
        return render(request, "429.html", status=429)


def deed(do: Deed) -> Callable[[HttpRequest, str], HttpResponse]:
    """Done, it leads back to the door, or where `do` says; refused, the door says why."""

    @require_POST
    @never_cache
    @wraps(do)
    def view(request: HttpRequest, key: str) -> HttpResponse:
        try:
            space = _find(request, key)
        except Refused:
            return render(request, "429.html", status=429)
        try:
            there = do(request, space)
        except Refused as refused:
            metrics.refusals.labels(refused.code).inc()
            return _board(request, space, refused=refused, status=409)
        return redirect(there if isinstance(there, str) else reverse("door-page", args=[key]))

    return view


def _booking(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("booking", ""))
    except ValueError as wrong:
        raise Http404 from wrong


@deed
def book(request: HttpRequest, space: Space) -> object:
    minutes = request.POST.get("minutes", "")
    return services.book_now(space=space, minutes=int(minutes) if minutes.isdecimal() and len(minutes) < 5 else 0)


@deed
def check_in(request: HttpRequest, space: Space) -> object:
    return services.check_in(space=space, booking=_booking(request))


@deed
def join(request: HttpRequest, space: Space) -> object:
    return services.join_here(space=space, booking=_booking(request))


@deed
def end(request: HttpRequest, space: Space) -> object:
    return services.end_now(space=space, booking=_booking(request))


@deed
def extend(request: HttpRequest, space: Space) -> object:
    return services.extend(space=space, booking=_booking(request), version=SeenForm(request.POST).seen)
