"""Spaces over time. Each page has a part of its own address, which the page asks for again while it is open."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import conditional_page, require_safe

from accounts.requests import MemberRequest
from bookings.spaces.access import space_in, spaces_of
from bookings.spaces.finding import buildings_of, matching
from bookings.spaces.forms import FilterForm
from bookings.spaces.grid import DayGrid, Period, WeekGrid, may_book
from bookings.spaces.views import page
from organizations.access import membership_in

PER_PAGE = 50
unchanged = cache_control(private=True, no_cache=True)


@require_safe
@login_required
@never_cache
def grid(request: MemberRequest, slug: str) -> HttpResponse:
    return _many(request, slug, "grid")


@require_safe
@login_required
@unchanged
@conditional_page
def grid_part(request: MemberRequest, slug: str) -> HttpResponse:
    return _many(request, slug, "grid_part")


@require_safe
@login_required
@never_cache
def space(request: MemberRequest, slug: str, space_id: UUID) -> HttpResponse:
    return _one(request, slug, space_id, "space")


@require_safe
@login_required
@unchanged
@conditional_page
def space_part(request: MemberRequest, slug: str, space_id: UUID) -> HttpResponse:
    return _one(request, slug, space_id, "space_part")


def _many(request: MemberRequest, slug: str, template: str) -> HttpResponse:
    member = membership_in(slug, request.user)
    period = Period.of(request.GET)
    form = FilterForm(member.organization, buildings_of(member), request.GET)
    found = matching(spaces_of(member.organization).active(), form.asked).prefetch_related("opening_hours")
    shown = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    drawn: dict[str, Any]
    if period.view == "week":
        drawn = {"week": WeekGrid(list(shown), period.days, member)}
    else:
        drawn = {"day": DayGrid([(one, period.day) for one in shown], member, whole=_is_whole(request))}
    return page(request, template, member, period=period, form=form, page=shown, **drawn)


def _one(request: MemberRequest, slug: str, space_id: UUID, template: str) -> HttpResponse:
    member = membership_in(slug, request.user)
    found = space_in(member.organization, space_id)
    period = Period.of(request.GET, default="week")
    day = DayGrid([(found, day) for day in period.days], member, whole=_is_whole(request))
    return page(request, template, member, space=found, period=period, day=day, may_book=may_book(found, member))


def _is_whole(request: MemberRequest) -> bool:
    return request.GET.get("hours") == "all"
