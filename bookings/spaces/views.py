"""Finding spaces, and what administrators do to them."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import content_of
from accounts.requests import MemberRequest
from bookings.qr import qr_code
from bookings.spaces import services
from bookings.spaces.access import space_in, spaces_for
from bookings.spaces.finding import buildings_of, free_at, matching, now_and_next
from bookings.spaces.forms import SearchForm, SpaceForm
from bookings.spaces.grid import new_booking_path
from bookings.spaces.models import Space
from organizations.access import admin_of, membership_in
from organizations.models import Membership
from organizations.pages import in_organization
from realtime.pages import refusals_as_pages, require_form
from realtime.refusals import Refused

PER_PAGE = 20
LISTED = 20


def page(request: HttpRequest, template: str, member: Membership, **context: Any) -> HttpResponse:
    shown = in_organization(member, new_path=new_booking_path(member.organization.slug), **context)
    return render(request, f"bookings/spaces/{template}.html", shown)


@require_safe
@login_required
@never_cache
def spaces(request: MemberRequest, slug: str) -> HttpResponse:
    member = membership_in(slug, request.user)
    initial = {"date": timezone.localdate()}
    form = SearchForm(member.organization, buildings_of(member), request.GET or None, initial=initial)
    found: Any = matching(spaces_for(member), form.asked).prefetch_related("amenities", "opening_hours")
    if form.when:
        found = free_at(found, *form.when)
    shown = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    present, times = now_and_next(shown.object_list, member), urlencode(form.times)
    return page(request, "spaces", member, form=form, page=shown, present=present, when=form.when, times=times)


def _posted(request: HttpRequest) -> tuple[Any, Any]:
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


@require_form
@login_required
@never_cache
@refusals_as_pages
def create(request: MemberRequest, slug: str) -> HttpResponse:
    member = admin_of(slug, request.user)
    form = SpaceForm.for_new(member.organization, request.user.time_zone, *_posted(request))
    made = _saved(
        form, lambda: services.create_space(organization=member.organization, actor=request.user, changes=form.changes)
    )
    if made is None:
        return page(request, "new", member, form=form)
    messages.success(request, _("The space is ready to be booked."))
    return redirect("space", slug, made.pk)


@require_form
@login_required
@never_cache
@refusals_as_pages
def edit(request: MemberRequest, slug: str, space_id: UUID) -> HttpResponse:
    member, found = _of_admin(request, slug, space_id)
    name = found.name  # the form writes into the space what was typed
    form = SpaceForm.of(found, *_posted(request))
    saved = _saved(form, lambda: services.change_space(space=found, actor=request.user, changes=form.changes))
    if saved is None:
        return page(request, "edit", member, space=found, name=name, form=form)
    messages.success(request, _("The space is saved."))
    return redirect("space-edit", slug, space_id)


def _saved(form: SpaceForm, save: Any) -> Space | None:
    """None where the form has to be shown again."""
    if not form.is_valid():
        return None
    try:
        saved: Space = save()
    except Refused as refused:
        form.add_error("name", refused.text)
        return None
    return saved


@require_safe
@login_required
def photo(request: MemberRequest, slug: str, space_id: UUID) -> HttpResponse:
    """Kept by browsers for good under the address of this very picture."""
    space = space_in(membership_in(slug, request.user).organization, space_id)
    response = HttpResponse(content_of(space.photo), content_type="image/webp")
    exact = request.GET.get("v") == space.photo_version
    response["Cache-Control"] = "private, max-age=31536000, immutable" if exact else "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _of_admin(request: MemberRequest, slug: str, space_id: UUID) -> tuple[Membership, Space]:
    member = admin_of(slug, request.user)
    return member, space_in(member.organization, space_id)


@require_safe
@login_required
@never_cache
@refusals_as_pages
def door(request: MemberRequest, slug: str, space_id: UUID) -> HttpResponse:
    member, found = _of_admin(request, slug, space_id)
    link = request.build_absolute_uri(found.door_path)
    return page(request, "door", member, space=found, link=link, code=qr_code(link))


@require_form
@login_required
@refusals_as_pages
def change_door_link(request: MemberRequest, slug: str, space_id: UUID) -> HttpResponse:
    member, found = _of_admin(request, slug, space_id)
    if request.method != "POST":
        return page(request, "change_door", member, space=found)
    services.change_door_link(space=found, actor=request.user)
    messages.success(request, _("The door has a new link. The old one no longer works."))
    return redirect("space-door", slug, space_id)


@require_POST
@login_required
@refusals_as_pages
def deactivate(request: MemberRequest, slug: str, space_id: UUID) -> HttpResponse:
    _member, found = _of_admin(request, slug, space_id)
    services.set_active(space=found, actor=request.user, is_active=False)
    messages.success(request, _("The space can't be booked until you activate it. What is booked stays so."))
    return redirect("space-edit", slug, space_id)


@require_POST
@login_required
@refusals_as_pages
def activate(request: MemberRequest, slug: str, space_id: UUID) -> HttpResponse:
    _member, found = _of_admin(request, slug, space_id)
    services.set_active(space=found, actor=request.user, is_active=True)
    messages.success(request, _("The space can be booked again."))
    return redirect("space-edit", slug, space_id)


@require_form
@login_required
@never_cache
@refusals_as_pages
def delete(request: MemberRequest, slug: str, space_id: UUID) -> HttpResponse:
    member, found = _of_admin(request, slug, space_id)
    if request.method != "POST":
        return page(request, "delete", member, space=found, standing=services.standing_in(found)[:LISTED])
    services.delete_space(space=found, actor=request.user)
    messages.success(request, _("The space is deleted."))
    return redirect("spaces", slug)
