"""Planning a meeting in a room, changing it, calling it off."""

import uuid
from datetime import timedelta
from itertools import islice

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.requests import MemberRequest
from realtime.limits import at_most
from realtime.pages import posted, refusals_as_pages, require_form
from rooms.access import room_for_host
from rooms.schedules import services
from rooms.schedules.access import schedule_for_organizer
from rooms.schedules.forms import ScheduleForm
from rooms.schedules.times import spans

SAVED = 30  # per person and hour: each may send a hundred mails
SHOWN = 10


def _count_saving(request: MemberRequest) -> None:
    at_most(SAVED, f"schedule:{request.user.pk}", within=timedelta(hours=1))


@require_form
@login_required
@never_cache
@refusals_as_pages
def create(request: MemberRequest, code: str) -> HttpResponse:
    room = room_for_host(code, request.user)
    form = ScheduleForm.for_new(request.user, posted(request))
    if not form.is_valid():
        return render(request, "rooms/schedules/new.html", {"room": room, "form": form})
    _count_saving(request)
    schedule = services.create_schedule(room=room, organizer=request.user, plan=form.plan)
    messages.success(request, _("The meeting is scheduled."))
    _say_which(request, form)
    return redirect("schedule", schedule.pk)


@require_form
@login_required
@never_cache
@refusals_as_pages
def schedule(request: MemberRequest, schedule_id: uuid.UUID) -> HttpResponse:
    found = schedule_for_organizer(schedule_id, request.user)
    form = ScheduleForm.of(found, posted(request))
    if not form.is_valid():
        coming = list(islice(spans(found, after=timezone.now()), SHOWN))
        return render(request, "rooms/schedules/schedule.html", {"schedule": found, "form": form, "coming": coming})
    _count_saving(request)
    services.change_schedule(schedule=found, actor=request.user, plan=form.plan)
    messages.success(request, _("The changes are saved."))
    _say_which(request, form)
    return redirect("schedule", found.pk)


@require_form
@login_required
@never_cache
@refusals_as_pages
def cancel(request: MemberRequest, schedule_id: uuid.UUID) -> HttpResponse:
    found = schedule_for_organizer(schedule_id, request.user)
    if request.method != "POST":
        return render(request, "rooms/schedules/cancel.html", {"schedule": found})
    services.cancel_schedule(schedule=found, actor=request.user)
    messages.success(request, _("The meeting is cancelled."))
    return redirect("rooms")


def _say_which(request: HttpRequest, form: ScheduleForm) -> None:
    if form.second_is_not_meant:
        text = _("The clocks go back that day, so a time you chose comes twice. The first one that fits is meant.")
        messages.warning(request, text)
