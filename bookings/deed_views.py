"""One booking, and everything that can be done with it."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import MemberRequest
from bookings import access, endpoints
from bookings.conflicts import Changed, Conflict
from bookings.forms import ChangeForm, DecisionForm, MoveForm, ScopeForm, SeenForm
from bookings.permissions import permissions
from bookings.rules import not_allowed
from bookings.services.approval import approve, approve_series, decline, decline_series, mark_of
from bookings.services.bookings import change
from bookings.services.presence import check_in, end_now, extend
from bookings.services.scopes import cancel_series, change_series
from bookings.spaces.access import space_in
from bookings.tickets.access import warnings_of
from bookings.views import answer, count_saving, sent
from realtime.pages import posted, refusals_as_pages, require_form
from realtime.refusals import Refused

LONGER = 15  # minutes
View = Callable[[MemberRequest, uuid.UUID], HttpResponse]


@require_safe
@login_required
@never_cache
def booking(request: MemberRequest, booking_id: uuid.UUID) -> HttpResponse:
    found = access.booking_for(request.user, booking_id)
    may, series = permissions(found, request.user), access.of_series(found, request.user)
    waiting = list(access.waiting(series)) if may.decide else []
    context: dict[str, Any] = {
        "booking": found,
        "may": may,
        "attendees": access.attendees_of(found) if may.see_people else None,
        "dates": access.coming(series),
        "waiting": len(waiting),
        "mark": mark_of(waiting),
        "warnings": warnings_of(found),
    }
    return answer(request, "booking", access.membership_for(found, request.user), **context)


@require_form
@login_required
@never_cache
@refusals_as_pages
def edit(request: MemberRequest, booking_id: uuid.UUID) -> HttpResponse:
    found = access.booking_for(request.user, booking_id)
    if not permissions(found, request.user).change:
        raise not_allowed()
    membership = access.membership_for(found, request.user)
    form = ChangeForm.of(found, access.spaces_for_change(found, membership), sent(request))
    shown: dict[str, Any] = {"form": form, "booking": found}
    if not form.is_valid():
        return answer(request, "edit", membership, **shown, status=422 if form.errors else 200)
    try:
        count_saving(request)
        changed = change_series(booking=found, actor=request.user, **form.change)
    except Changed as newer:
        return answer(request, "edit", membership, **shown, newer=form.anew(newer.booking), status=409)
    except Conflict as conflict:
        return answer(request, "edit", membership, **shown, conflict=conflict, status=409)
    except Refused as refused:
        if refused.code in endpoints.STATUS:
            raise
        form.add_error(None, refused.text)
        return answer(request, "edit", membership, **shown, status=422)
    messages.success(request, _("The changes are saved."))
    return redirect("booking", changed.pk)


@require_POST
@login_required
@never_cache
@endpoints.refusals_as_json
def move(request: MemberRequest, booking_id: uuid.UUID) -> HttpResponse:
    """Dragged in the grid: another time, or one space for another."""
    found = access.booking_for(request.user, booking_id)
    form = MoveForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"code": "booking.invalid", "text": _("This is not a time.")}, status=422)
    count_saving(request)
    space = space_in(found.organization, form.cleaned_data["space"])
    moved = change(
        booking=found, actor=request.user, version=form.cleaned_data["version"], wish=form.wish(found, space)
    )
    return JsonResponse(endpoints.booked(moved))


@require_form
@login_required
@never_cache
@refusals_as_pages
def cancel(request: MemberRequest, booking_id: uuid.UUID) -> HttpResponse:
    found = access.booking_for(request.user, booking_id)
    form, membership = ScopeForm(posted(request)), access.membership_for(found, request.user)
    if not form.is_valid():
        return answer(request, "cancel", membership, booking=found, form=form)
    try:
        cancel_series(booking=found, actor=request.user, scope=form.cleaned_data["scope"], version=form.seen)
    except Changed as newer:
        return answer(request, "cancel", membership, booking=newer.booking, form=form, newer=newer, status=409)
    messages.success(request, _("The booking is cancelled."))
    return redirect("booking", found.pk)


def button(view: View) -> Callable[..., HttpResponse]:
    """A press of one button on the page of a booking."""
    return require_POST(login_required(never_cache(refusals_as_pages(view))))


@button
def decide(request: MemberRequest, booking_id: uuid.UUID) -> HttpResponse:
    found = access.booking_for(request.user, booking_id)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    approves, mark = form.cleaned_data["decision"] == "approve", form.cleaned_data["mark"]
    if mark and found.series_id:
        (approve_series if approves else decline_series)(booking=found, actor=request.user, mark=mark)
        messages.success(request, _("The bookings are approved.") if approves else _("The bookings are declined."))
    else:
        verb = approve if approves else decline
        verb(booking=found, actor=request.user, version=form.cleaned_data["version"])
        messages.success(request, _("The booking is approved.") if approves else _("The booking is declined."))
    return redirect("booking", found.pk)


@button
def arrive(request: MemberRequest, booking_id: uuid.UUID) -> HttpResponse:
    found = access.booking_for(request.user, booking_id)
    check_in(booking=found, actor=request.user)
    messages.success(request, _("You are checked in."))
    return redirect("booking", found.pk)


@button
def end(request: MemberRequest, booking_id: uuid.UUID) -> HttpResponse:
    found = access.booking_for(request.user, booking_id)
    end_now(booking=found, actor=request.user)
    messages.success(request, _("The rest of the time is free for others."))
    return redirect("booking", found.pk)


@button
def lengthen(request: MemberRequest, booking_id: uuid.UUID) -> HttpResponse:
    found = access.booking_for(request.user, booking_id)
    extend(booking=found, actor=request.user, minutes=LONGER, version=SeenForm(request.POST).seen)
    messages.success(request, _("The booking is 15 minutes longer."))
    return redirect("booking", found.pk)
