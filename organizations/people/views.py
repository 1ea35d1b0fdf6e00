"""The people of an organization, and the way in by an invitation."""

import uuid
from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import MemberRequest
from organizations.access import (
    admin_of,
    invitation_behind,
    invitation_to,
    invitations_to,
    member_in,
    members_of,
    membership_in,
)
from organizations.models import Membership
from organizations.people import invitations, services
from organizations.people.forms import InviteForm, RoleForm
from organizations.views import page
from realtime.limits import at_most
from realtime.pages import refusals_as_pages
from realtime.refusals import Refused

INVITATIONS = 60  # per person and hour


def _people(request: MemberRequest, membership: Membership, form: InviteForm) -> HttpResponse:
    organization = membership.organization
    waiting = invitations_to(organization) if membership.is_admin else []
    return page(request, "people", membership, people=members_of(organization), invitations=waiting, form=form)


@require_safe
@login_required
@never_cache
def people(request: MemberRequest, slug: str) -> HttpResponse:
    return _people(request, membership_in(slug, request.user), InviteForm())


@require_POST
@login_required
@refusals_as_pages
def invite(request: MemberRequest, slug: str) -> HttpResponse:
    membership = admin_of(slug, request.user)
    form = InviteForm(request.POST)
    if form.is_valid():
        at_most(INVITATIONS, f"invitation:{request.user.pk}", within=timedelta(hours=1))
        try:
            sent = invitations.invite(organization=membership.organization, actor=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error("email", refused.text)
        else:
            messages.success(request, _("An invitation is on its way to %(email)s.") % {"email": sent.email})
            return redirect("organization-people", slug)
    return _people(request, membership, form)


@require_POST
@login_required
@refusals_as_pages
def resend(request: MemberRequest, slug: str, invitation_id: uuid.UUID) -> HttpResponse:
    organization = admin_of(slug, request.user).organization
    invitation = invitation_to(organization, invitation_id)
    at_most(INVITATIONS, f"invitation:{request.user.pk}", within=timedelta(hours=1))
    again = {"email": invitation.email, "role": invitation.role}
    invitations.invite(organization=organization, actor=request.user, **again)
    messages.success(request, _("A new invitation is on its way to %(email)s.") % again)
    return redirect("organization-people", slug)


@require_POST
@login_required
@refusals_as_pages
def revoke(request: MemberRequest, slug: str, invitation_id: uuid.UUID) -> HttpResponse:
    invitation = invitation_to(admin_of(slug, request.user).organization, invitation_id)
    invitations.revoke(invitation=invitation, actor=request.user)
    messages.success(request, _("The invitation of %(email)s is withdrawn.") % {"email": invitation.email})
    return redirect("organization-people", slug)


@require_POST
@login_required
@refusals_as_pages
def change_role(request: MemberRequest, slug: str, membership_id: uuid.UUID) -> HttpResponse:
    membership = member_in(admin_of(slug, request.user).organization, membership_id)
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise Refused("membership.role-unknown", _("Choose one of the roles."))
    changed = services.change_role(membership=membership, actor=request.user, **form.cleaned_data)
    words = {"name": changed.user.display_name, "role": changed.get_role_display()}
    messages.success(request, _("The role of %(name)s is now: %(role)s.") % words)
    return redirect("organization-people", slug)


@require_POST
@login_required
@refusals_as_pages
def remove(request: MemberRequest, slug: str, membership_id: uuid.UUID) -> HttpResponse:
    membership = member_in(admin_of(slug, request.user).organization, membership_id)
    if membership.user == request.user:
        return leave(request, slug)
    services.remove(membership=membership, actor=request.user)
    messages.success(request, _("%(name)s is removed.") % {"name": membership.user.display_name})
    return redirect("organization-people", slug)


@require_POST
@login_required
@refusals_as_pages
def leave(request: MemberRequest, slug: str) -> HttpResponse:
    membership = membership_in(slug, request.user)
    services.leave(membership=membership)
    messages.success(request, _("You left %(name)s.") % {"name": membership.organization.name})
    return redirect("organizations")


@require_safe
@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Says what it is and for whom; accepting is a form, since mail scanners follow links."""
    try:
        found = invitation_behind(token)
    except Http404:
        return render(request, "organizations/invitation_over.html", status=404)
    if found.accepted_by == request.user:
        return redirect("organization", found.organization.slug)
    if not found.is_open:
        return render(request, "organizations/invitation_over.html", status=404)
    theirs = request.user.is_authenticated and invitations.is_for(found, request.user)
    context = {"invitation": found, "organization": found.organization, "token": token, "theirs": theirs}
    return render(request, "organizations/invitation.html", context)


@require_POST
@login_required
@refusals_as_pages
def accept(request: MemberRequest, token: str) -> HttpResponse:
    membership = invitations.accept(token=token, user=request.user)
    messages.success(request, _("You are now a member of %(name)s.") % {"name": membership.organization.name})
    return redirect("organization", membership.organization.slug)
