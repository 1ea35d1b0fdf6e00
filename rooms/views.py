"""A host's rooms, joining by code, and the records of meetings."""

import uuid
from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import MemberRequest
from organizations.access import membership_in, organizations_for_rooms_of
from realtime.limits import at_most
from realtime.pages import posted, refusals_as_pages, require_form
from rooms import downloads
from rooms.access import (
    meeting_for_record,
    meetings_in,
    meetings_of,
    room_for_host,
    room_for_manager,
    rooms_in,
    rooms_of,
)
from rooms.forms import JoinForm, RoomForm
from rooms.models import Meeting, Room
from rooms.report import Report, report_for
from rooms.services import rooms as services
from rooms.timeline import presence, timeline
from rooms.upcoming import upcoming_for

PER_PAGE = 20
NEW_ROOMS = 60  # per person and minute


def _page(request: HttpRequest, found: QuerySet[Room] | QuerySet[Meeting], parameter: str = "page") -> Page:  # type: ignore[type-arg]
    return Paginator(found, PER_PAGE).get_page(request.GET.get(parameter))


def _count_new_room(request: MemberRequest) -> None:
    at_most(NEW_ROOMS, f"new-room:{request.user.pk}", within=timedelta(minutes=1))


@require_safe
@login_required
@never_cache
def rooms(request: MemberRequest) -> HttpResponse:
    context = {
        "rooms": _page(request, rooms_of(request.user), "rooms"),
        "meetings": _page(request, meetings_of(request.user)),
        "join_form": JoinForm(),
        "upcoming": upcoming_for(request.user),
    }
    return render(request, "rooms/rooms.html", context)


@require_safe
def join_by_code(request: HttpRequest) -> HttpResponse:
    form = JoinForm(request.GET if "code" in request.GET else None)
    if form.is_valid():
        return redirect(Room.join_path_of(form.cleaned_data["code"]))
    return render(request, "rooms/join.html", {"join_form": form})


@require_POST
@login_required
@refusals_as_pages
def new_meeting(request: MemberRequest) -> HttpResponse:
    _count_new_room(request)
    return redirect(services.create_room(host=request.user).join_path)


@require_form
@login_required
@refusals_as_pages
def create(request: MemberRequest) -> HttpResponse:
    may_own = organizations_for_rooms_of(request.user)
    form = RoomForm.for_new_room(posted(request), organizations=may_own, chosen=request.GET.get("organization", ""))
    if not form.is_valid():
        return render(request, "rooms/new.html", {"form": form})
    _count_new_room(request)
    services.create_room(
        host=request.user, name=form.cleaned_data["name"], settings=form.settings, organization=form.organization_chosen
    )
    messages.success(request, _("Your room is ready. Copy its link to invite people."))
    return redirect("rooms")


@require_safe
@login_required
@never_cache
def organization_rooms(request: MemberRequest, slug: str) -> HttpResponse:
    membership = membership_in(slug, request.user)
    context = {
        "membership": membership,
        "organization": membership.organization,
        "rooms": _page(request, rooms_in(membership), "rooms"),
        "may_create": membership.may_make(membership.organization.rooms_made_by),
    }
    return render(request, "rooms/organization.html", context)


@require_form
@login_required
@never_cache
@refusals_as_pages
def settings(request: MemberRequest, code: str) -> HttpResponse:
    room = room_for_manager(code, request.user)
    form = RoomForm.of(room, posted(request))
    if not form.is_valid():
        return render(request, "rooms/settings.html", {"room": room, "form": form})
    services.change_room(room=room, actor=request.user, **form.changes)
    messages.success(request, _("The settings are saved."))
    return redirect("room-settings", room.code)


@require_form
@login_required
@refusals_as_pages
def change_link(request: MemberRequest, code: str) -> HttpResponse:
    room = room_for_manager(code, request.user)
    if request.method != "POST":
        return render(request, "rooms/change_link.html", {"room": room})
    room = services.change_link(room=room, actor=request.user)
    messages.success(request, _("The room has a new link. The old one no longer works."))
    return redirect("room-settings", room.code)


@require_POST
@login_required
@refusals_as_pages
def close(request: MemberRequest, code: str) -> HttpResponse:
    room = services.close_room(room=room_for_manager(code, request.user), actor=request.user)
    messages.success(request, _("The room is closed. Nobody can join until you reopen it."))
    return redirect("room-settings", room.code)


@require_POST
@login_required
@refusals_as_pages
def reopen(request: MemberRequest, code: str) -> HttpResponse:
    room = services.reopen_room(room=room_for_manager(code, request.user), actor=request.user)
    messages.success(request, _("The room is open again."))
    return redirect("room-settings", room.code)


@require_form
@login_required
@refusals_as_pages
def delete(request: MemberRequest, code: str) -> HttpResponse:
    room = room_for_manager(code, request.user)
    if request.method != "POST":
        return render(request, "rooms/delete.html", {"room": room})
    services.delete_room(room=room, actor=request.user)
    messages.success(request, _("The room is deleted."))
    theirs = None if room.host == request.user else room.organization
    return redirect("organization-rooms", theirs.slug) if theirs else redirect("rooms")


@require_safe
@login_required
@never_cache
def meetings(request: MemberRequest, code: str) -> HttpResponse:
    room = room_for_host(code, request.user)
    return render(request, "rooms/meetings.html", {"room": room, "meetings": _page(request, meetings_in(room))})


@require_safe
@login_required
@never_cache
def meeting_record(request: MemberRequest, meeting_id: uuid.UUID) -> HttpResponse:
    report = _report(request, meeting_id)
    context = {
        "meeting": report.meeting,
        "report": report,
        "presence": presence(report.meeting, report.people),
        "timeline": timeline(report.meeting, report.people),
    }
    return render(request, "rooms/record.html", context)


@require_safe
@login_required
@never_cache
def record_csv(request: MemberRequest, meeting_id: uuid.UUID) -> HttpResponse:
    report = _report(request, meeting_id)
    response = HttpResponse(downloads.as_csv(report), content_type="text/csv; charset=utf-8")
    return _attached(response, downloads.filename(report.meeting, "csv"))


@require_safe
@login_required
@never_cache
def record_json(request: MemberRequest, meeting_id: uuid.UUID) -> HttpResponse:
    report = _report(request, meeting_id)
    response = JsonResponse(downloads.as_json(report), json_dumps_params={"indent": 2, "ensure_ascii": False})
    return _attached(response, downloads.filename(report.meeting, "json"))


def _report(request: MemberRequest, meeting_id: uuid.UUID) -> Report:
    return report_for(request.user, meeting_for_record(meeting_id, request.user))


def _attached(response: HttpResponse, filename: str) -> HttpResponse:
    response["Content-Disposition"] = content_disposition_header(True, filename) or "attachment"
    return response
