"""Organizations: one's own, a new one, the overview, settings and logo of one."""

import uuid
from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import MemberRequest
from organizations import branding, services
from organizations.access import admin_of, admins_of, branded, logo_of, membership_in, memberships_of
from organizations.forms import LogoForm, NewOrganizationForm, SettingsForm
from organizations.models import Membership
from organizations.pages import in_organization
from realtime.limits import at_most
from realtime.pages import posted, refusals_as_pages, require_form
from realtime.refusals import Refused

NEW_ORGANIZATIONS = 10  # per person and hour


def page(request: MemberRequest, template: str, membership: Membership, **context: object) -> HttpResponse:
    return render(request, f"organizations/{template}.html", in_organization(membership, **context))


@require_safe
@login_required
@never_cache
def organizations(request: MemberRequest) -> HttpResponse:
    return render(request, "organizations/organizations.html", {"memberships": memberships_of(request.user)})


@require_form
@login_required
@refusals_as_pages
def create(request: MemberRequest) -> HttpResponse:
    form = NewOrganizationForm(posted(request))
    if form.is_valid():
        at_most(NEW_ORGANIZATIONS, f"new-organization:{request.user.pk}", within=timedelta(hours=1))
        try:
            organization = services.create_organization(creator=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error("slug", refused.text)
        else:
            return redirect("organization", organization.slug)
    return render(request, "organizations/new.html", {"form": form})


@require_safe
@login_required
@never_cache
def organization(request: MemberRequest, slug: str) -> HttpResponse:
    membership = membership_in(slug, request.user)
    return page(request, "organization", membership, admins=admins_of(membership.organization))


@require_form
@login_required
@never_cache
@refusals_as_pages
def settings(request: MemberRequest, slug: str) -> HttpResponse:
    membership = admin_of(slug, request.user)
    form = SettingsForm.of(membership.organization, posted(request))
    if form.is_valid():
        try:
            changed = services.change_organization(
                organization=membership.organization, actor=request.user, changes=form.changes
            )
        except Refused as refused:
            form.add_error("slug", refused.text)
        else:
            messages.success(request, _("The settings are saved."))
            return redirect("organization-settings", changed.slug)
    return page(request, "settings", membership, form=form, logo_form=LogoForm())


@require_POST
@login_required
@refusals_as_pages
def set_logo(request: MemberRequest, slug: str) -> HttpResponse:
    membership = admin_of(slug, request.user)
    form = LogoForm(request.POST, request.FILES)
    if not form.is_valid():
        settings_form = SettingsForm.of(membership.organization)
        return page(request, "settings", membership, form=settings_form, logo_form=form)
    picture = form.cleaned_data["logo"]
    services.set_logo(organization=membership.organization, actor=request.user, picture=picture)
    messages.success(request, _("The logo is saved."))
    return redirect("organization-settings", slug)


@require_POST
@login_required
@refusals_as_pages
def remove_logo(request: MemberRequest, slug: str) -> HttpResponse:
    services.remove_logo(organization=admin_of(slug, request.user).organization, actor=request.user)
    messages.success(request, _("The logo is removed."))
    return redirect("organization-settings", slug)


def _kept(request: HttpRequest, response: HttpResponse, version: str) -> HttpResponse:
    """By browsers for good under the address of this very version, asked again under any other."""
    exact = request.GET.get("v") == version
    response["Cache-Control"] = "private, max-age=31536000, immutable" if exact else "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
def logo(request: HttpRequest, organization_id: uuid.UUID) -> HttpResponse:
    content, version = logo_of(organization_id)
    return _kept(request, HttpResponse(content, content_type="image/webp"), version)


@require_safe
def style(request: HttpRequest, organization_id: uuid.UUID) -> HttpResponse:
    """The accent colour as a style sheet: the security policy allows no styles in pages."""
    color = branded(organization_id).accent_color
    schemes = {"light": branding.light(color), "dark": branding.dark(color)}
    response = render(request, "organizations/accent.css", schemes, content_type="text/css; charset=utf-8")
    return _kept(request, response, color.removeprefix("#"))
