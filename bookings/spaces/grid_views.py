"""Spaces over time. Each page has a part of its own address, which the page asks for again while it is open."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import conditional_page, require_safe

from accounts.requests import MemberRequest
from bookings.spaces.access import space_in, spaces_of
from bookings.spaces.finding import buildings_of, matching
from bookings.spaces.forms import FilterForm
from bookings.spaces.grid import DayGrid, Period, WeekGrid, may_book, new_booking_path
from organizations.access import membership_in

PER_PAGE = 50
unchanged = cache_control(private=True, no_cache=True)


@require_safe
@login_required
@never_cache
def grid(request: MemberRequest, slug: str) -> HttpResponse:
    return render(request, "bookings/spaces/grid.html", _many(request, slug))


@require_safe
@login_required
@unchanged
@conditional_page
def grid_part(request: MemberRequest, slug: str) -> HttpResponse:
    return render(request, "bookings/spaces/grid_part.html", _many(request, slug))


@require_safe
@login_required
@never_cache
def space(request: MemberRequest, slug: str, space_id: UUID) -> HttpResponse:
    return render(request, "bookings/spaces/space.html", _one(request, slug, space_id))


@require_safe
@login_required
@unchanged
@conditional_page
def space_part(request: MemberRequest, slug: str, space_id: UUID) -> HttpResponse:
    return render(request, "bookings/spaces/space_part.html", _one(request, slug, space_id))


def _many(request: MemberRequest, slug: str) -> dict[str, Any]:
    context: dict[str, Any]
    member = membership_in(slug, request.user)
    period = Period.of(request.GET)
    form = FilterForm(member.organization, buildings_of(member), request.GET)
    found = matching(spaces_of(member.organization).active(), form.asked).prefetch_related("opening_hours")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "membership": member,
        "period": period,
        "form": form,
        "page": page,
        "new_path": new_booking_path(slug),
    }
    if period.view == "week":
        return context | {"week": WeekGrid(list(page), period.days, member)}
    pairs = [(one, period.day) for one in page]
    return context | {"day": DayGrid(pairs, member, whole=request.GET.get("hours") == "all")}


def _one(request: MemberRequest, slug: str, space_id: UUID) -> dict[str, Any]:
    member = membership_in(slug, request.user)
    found = space_in(member.organization, space_id)
    period = Period.of(request.GET, default="week")
    pairs = [(found, day) for day in period.days]
    day = DayGrid(pairs, member, whole=request.GET.get("hours") == "all")
    return {
        "membership": member,
        "space": found,
        "period": period,
        "day": day,
        "may_book": may_book(found, member),
        "new_path": new_booking_path(slug),
    }
