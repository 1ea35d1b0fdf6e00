"""How much spaces are used: for every member, since it names nobody."""

import uuid
from collections.abc import Sequence

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.requests import MemberRequest
from bookings.spaces.access import space_in, spaces_of
from bookings.spaces.models import Space
from bookings.usage.charts import fullness, heat_map, trend
from bookings.usage.downloads import table
from bookings.usage.forms import RangeForm
from bookings.usage.reports import Report
from organizations.access import membership_in
from organizations.models import Membership
from organizations.pages import in_organization


@require_safe
@login_required
@never_cache
def organization(request: MemberRequest, slug: str) -> HttpResponse:
    membership = membership_in(slug, request.user)
    return _answer(request, membership, list(spaces_of(membership.organization)))


@require_safe
@login_required
@never_cache
def space(request: MemberRequest, slug: str, space_id: uuid.UUID) -> HttpResponse:
    membership = membership_in(slug, request.user)
    found = space_in(membership.organization, space_id)
    return _answer(request, membership, [found], found)


def _answer(
    request: MemberRequest, membership: Membership, spaces: Sequence[Space], space: Space | None = None
) -> HttpResponse:
    form = RangeForm.asked(request.GET.dict())
    report = Report.of(spaces, *form.days)
    if request.GET.get("format") == "csv":
        return _download(report, space.name if space else membership.organization.name)
    shown = in_organization(
        membership,
        space=space,
        form=form,
        report=report,
        charts=[heat_map(report), trend(report), fullness(report)],
        spaces=[(one, report.by_space[one.pk]) for one in spaces],
    )
    return render(request, "bookings/usage/usage.html", shown)


def _download(report: Report, name: str) -> HttpResponse:
    filename = f"{slugify(name) or 'usage'}-{report.since}-{report.until}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{filename}"'}
    return HttpResponse(table(report), content_type="text/csv; charset=utf-8", headers=headers)
