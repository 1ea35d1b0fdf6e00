from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST

from realtime import metrics
from realtime.limits import at_most
from realtime.refusals import Refused
from rooms.access import room_for_visitor
from rooms.lookups import WINDOW, guarded
from rooms.models import Room
from rooms.names import guest_name
from rooms.opening import opens_at
from rooms.visitors import Visitor, give_seat, visitor_of
from signaling.door import asks_to_join, people_inside, refusal_at, seat_kept
from signaling.services.states import EMOJI

NAMES_PER_MINUTE = 200  # of one address, which a whole school may share


def _find(request: HttpRequest, code: str) -> tuple[Room, Visitor]:
    visitor = visitor_of(request.user, request.session)
    room = guarded(request.META.get("REMOTE_ADDR", ""), lambda: room_for_visitor(code, visitor))
    return room, visitor


@require_GET
@never_cache
@ensure_csrf_cookie
def join(request: HttpRequest, code: str) -> HttpResponse:
    """The call page, or a page that says in plain words why not."""
    try:
        room, visitor = _find(request, code)
    except Refused:
        return render(request, "429.html", status=429)
    refused = refusal_at(room, visitor)
    if refused is not None:
        return render(request, "signaling/turned_away.html", _turned_away(room, refused), status=403)
    context = {"room": room, "page": _page(room, visitor), "people": people_inside(room), "emoji": EMOJI}
    return render(request, "signaling/call.html", context)


AGAIN = {"room.locked", "room.full", "room.host-absent", "room.not-now"}  # may pass while one waits


def _turned_away(room: Room, refused: Refused) -> dict[str, Any]:
    opens = opens_at(room) if refused.code == "room.not-now" else None
    return {"room": room, "code": refused.code, "again": refused.code in AGAIN, "opens": opens}


def _page(room: Room, visitor: Visitor) -> dict[str, Any]:
    """What the page's script needs to know at first."""
    seat = visitor.seat_in(room)
    kept = seat_kept(room, visitor)
    return {
        "code": room.code,
        "name": visitor.user.display_name if visitor.user else seat.name if seat else "",
        "guest": visitor.user is None,
        "host": visitor.is_host_of(room),
        "ticker": static("js/lib/ticker-worker.js"),
        "asks": asks_to_join(room, visitor),
        "kept": {"microphone": kept.microphone_on, "camera": kept.camera_on} if kept else None,
    }


@require_GET
@never_cache
def door(request: HttpRequest, code: str) -> JsonResponse:
    """The door as it is now, for a page that waits in front of it."""
    try:
        room, visitor = _find(request, code)
    except Refused as refused:
        return _refusal(refused, 429)
    refused_now = refusal_at(room, visitor)
    return JsonResponse(
        {"refused": refused_now.code if refused_now else None, "people": None if refused_now else people_inside(room)}
    )


@require_POST
def seat(request: HttpRequest, code: str) -> JsonResponse:
    """Gives a guest a seat under the name they typed."""
    try:
        at_most(NAMES_PER_MINUTE, f"seat:{request.META.get('REMOTE_ADDR', '')}", within=WINDOW)
        room, visitor = _find(request, code)
        if visitor.user is None:
            give_seat(request.session, room, guest_name(request.POST.get("name", "")))
    except Refused as refused:
        return _refusal(refused, 429 if refused.code == "rate.exceeded" else 400)
    return JsonResponse({})


def _refusal(refused: Refused, status: int) -> JsonResponse:
    metrics.refusals.labels(refused.code).inc()
    return JsonResponse({"code": refused.code, "text": refused.text}, status=status)
