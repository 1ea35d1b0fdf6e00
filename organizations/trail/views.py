"""What happened in an organization, for its administrators: filtered, taken away, and checked."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import MemberRequest
from audit.entries import EXPORTED, rows, table
from audit.models import AuditEntry
from organizations.access import admin_of
from organizations.models import Organization
from organizations.trail.entries import actions_in, actors_in, entries_of, faults_of, said
from organizations.trail.forms import FilterForm
from organizations.views import page
from realtime.limits import at_most
from realtime.pages import refusals_as_pages

PER_PAGE = 50
CHECKS = 6  # per person and minute, since one reads the whole trail of the site
FAULTS_SHOWN = 20


def _filter(request: MemberRequest, organization: Organization) -> FilterForm:
    return FilterForm(request.GET, actions=actions_in(organization), people=actors_in(organization))


def _found(request: MemberRequest, organization: Organization) -> QuerySet[AuditEntry]:
    return _filter(request, organization).narrow(entries_of(organization))


@require_safe
@login_required
@never_cache
@refusals_as_pages
def audit(request: MemberRequest, slug: str) -> HttpResponse:
    membership = admin_of(slug, request.user)
    form = _filter(request, membership.organization)
    entries = Paginator(form.narrow(entries_of(membership.organization)), PER_PAGE).get_page(request.GET.get("page"))
    lines = [(entry, list(said(entry))) for entry in entries]
    return page(request, "audit", membership, form=form, entries=entries, lines=lines)


@require_safe
@login_required
@never_cache
@refusals_as_pages
def audit_csv(request: MemberRequest, slug: str) -> HttpResponse:
    organization = admin_of(slug, request.user).organization
    response = HttpResponse(table(_found(request, organization)), content_type="text/csv; charset=utf-8")
    return _attached(response, f"audit-{slug}.csv")


@require_safe
@login_required
@never_cache
@refusals_as_pages
def audit_json(request: MemberRequest, slug: str) -> HttpResponse:
    organization = admin_of(slug, request.user).organization
    entries = list(rows(_found(request, organization)[:EXPORTED]))
    response = JsonResponse({"entries": entries}, json_dumps_params={"indent": 2, "ensure_ascii": False})
    return _attached(response, f"audit-{slug}.json")


@require_POST
@login_required
@refusals_as_pages
def check(request: MemberRequest, slug: str) -> HttpResponse:
    organization = admin_of(slug, request.user).organization
    at_most(CHECKS, f"audit-check:{request.user.pk}", within=timedelta(minutes=1))
    faults = faults_of(organization)
    for fault in faults[:FAULTS_SHOWN]:
        messages.error(request, fault)
    if not faults:
        messages.success(request, _("The audit trail is whole: nothing in it was changed, and nothing is missing."))
    return redirect("organization-audit", slug)


def _attached(response: HttpResponse, filename: str) -> HttpResponse:
    response["Content-Disposition"] = content_disposition_header(True, filename) or "attachment"
    return response
