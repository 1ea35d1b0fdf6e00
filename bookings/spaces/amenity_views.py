"""What spaces may have: the words an organization uses for it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import MemberRequest
from bookings.spaces import services
from bookings.spaces.access import amenities_in_use, amenity_in
from bookings.spaces.forms import AmenityForm
from bookings.spaces.views import page
from organizations.access import admin_of
from organizations.models import Membership
from realtime.pages import refusals_as_pages, require_form
from realtime.refusals import Refused


def _page(
    request: MemberRequest, member: Membership, form: AmenityForm | None = None, wrong: UUID | None = None
) -> HttpResponse:
    """`form` is that of the amenity `wrong`, with what was typed into it."""
    rows = [
        (one, form if form and one.pk == wrong else AmenityForm(initial={"name": one.name}, prefix=str(one.pk)))
        for one in amenities_in_use(member.organization)
    ]
    return page(request, "amenities", member, rows=rows)


@require_safe
@login_required
@never_cache
@refusals_as_pages
def amenities(request: MemberRequest, slug: str) -> HttpResponse:
    return _page(request, admin_of(slug, request.user))


@require_POST
@login_required
@refusals_as_pages
def rename(request: MemberRequest, slug: str, amenity_id: UUID) -> HttpResponse:
    member = admin_of(slug, request.user)
    amenity = amenity_in(member.organization, amenity_id)
    form = AmenityForm(request.POST, prefix=str(amenity.pk))
    if not form.is_valid():
        return _page(request, member, form, amenity.pk)
    try:
        services.rename_amenity(amenity=amenity, actor=request.user, name=form.cleaned_data["name"])
    except Refused as refused:
        form.add_error("name", refused.text)
        return _page(request, member, form, amenity.pk)
    messages.success(request, _("The amenity is renamed."))
    return redirect("amenities", slug)


@require_form
@login_required
@refusals_as_pages
def delete(request: MemberRequest, slug: str, amenity_id: UUID) -> HttpResponse:
    member = admin_of(slug, request.user)
    amenity = amenity_in(member.organization, amenity_id)
    if request.method != "POST":
        return page(request, "amenity_delete", member, amenity=amenity)
    services.delete_amenity(amenity=amenity, actor=request.user)
    messages.success(request, _("The amenity is deleted."))
    return redirect("amenities", slug)
