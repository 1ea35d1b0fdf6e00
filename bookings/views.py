"""Lists of bookings, and booking a space."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import QueryDict
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import MemberRequest
from bookings import access, endpoints
from bookings.conflicts import Conflict
from bookings.forms import BookingForm, HoldForm, with_alternative
from bookings.rules import not_allowed
from bookings.services.bookings import book
from bookings.services.holds import hold, let_go
from bookings.services.series import book_series, preview_series
from organizations.access import membership_in, organizations_of
from organizations.models import Membership
from organizations.pages import in_organization
from realtime.limits import at_most
from realtime.pages import posted, refusals_as_pages, require_form
from realtime.refusals import Refused

LISTED = 20
HELD = 60  # per person and minute


def sent(request: HttpRequest) -> QueryDict | None:
    """With the alternative in the place of what was typed, where one was pressed."""
    data = posted(request)
    return with_alternative(data) if data is not None else None


def count_saving(request: MemberRequest) -> None:
    at_most(endpoints.SAVED, f"booking-saved:{request.user.pk}", within=timedelta(hours=1))


def answer(
    request: HttpRequest, template: str, membership: Membership | None, *, status: int = 200, **context: Any
) -> HttpResponse:
    """`membership`: of the reader in the organization that the page is of; None for somebody who is only invited."""
    context["base"] = "bookings/base.html" if membership else "bookings/outside.html"
    shown = in_organization(membership, **context) if membership else context
    return render(request, f"bookings/{template}.html", shown, status=status)


@require_safe
@login_required
@never_cache
def mine(request: MemberRequest) -> HttpResponse:
    found = access.bookings_of(request.user)
    past = Paginator(access.past(found), LISTED).get_page(request.GET.get("page"))
    context = {"coming": access.coming(found), "past": past, "organizations": organizations_of(request.user)}
    return render(request, "bookings/mine.html", context)


@require_form
@login_required
@never_cache
def of_organization(request: MemberRequest, slug: str) -> HttpResponse:
    """A list for people; programs book here."""
    if request.method == "POST":
        return endpoints.create(request, slug=slug)
    membership = membership_in(slug, request.user)
    found = access.bookings_in(membership)
    return answer(
        request,
        "list",
        membership,
        waiting=access.waiting(found) if membership.is_admin else [],
        coming=Paginator(access.coming(found), LISTED).get_page(request.GET.get("page")),
        may_book=access.bookable_by(membership).exists(),
    )


@require_form
@login_required
@never_cache
@refusals_as_pages
def create(request: MemberRequest, slug: str) -> HttpResponse:
    membership = membership_in(slug, request.user)
    spaces = list(access.bookable_by(membership))
    if not spaces:
        return answer(request, "nothing", membership, status=403 if membership.is_viewer else 200)
    form = BookingForm.for_new(spaces, request.GET, sent(request))
    if not form.is_valid() or request.POST.get("confirm") == "back":
        return answer(request, "new", membership, form=form, status=422 if form.errors else 200)
    try:
        return _book(request, membership, form)
    except Conflict as conflict:
        return answer(request, "new", membership, form=form, conflict=conflict, status=409)
    except Refused as refused:
        if refused.code in endpoints.STATUS:
            raise
        form.add_error(None, refused.text)
        return answer(request, "new", membership, form=form, status=422)


def _book(request: MemberRequest, membership: Membership, form: BookingForm) -> HttpResponse:
    """One booking at once; a series when every date was seen."""
    confirmed, wish, asked = request.POST.get("confirm"), form.wish, form.cleaned_data
    if form.rrule and confirmed not in ("all", "skip"):
        return _preview(request, membership, form)
    count_saving(request)
    how = {"organizer": request.user, "wish": wish, "key": asked["key"], "hold": asked["hold"]}
    if form.rrule:
        series = book_series(**how, rrule=form.rrule, skip=confirmed == "skip")
        booking = access.first_of(series)
    else:
        booking = book(**how, membership=membership)
    said = _("An administrator is asked to approve it.") if booking.is_pending else _("It is booked.")
    messages.success(request, said)
    if form.second_is_not_meant:
        text = _("The clocks go back that day, so a time you chose comes twice. The first one that fits is meant.")
        messages.warning(request, text)
    return redirect("booking", booking.pk)


def _preview(request: MemberRequest, membership: Membership, form: BookingForm) -> HttpResponse:
    hold = form.cleaned_data["hold"]
    dates = preview_series(organizer=request.user, wish=form.wish, rrule=form.rrule, hold=hold)
    problems = sum(one.problem is not None for one in dates)
    return answer(
        request,
        "series",
        membership,
        form=form,
        wish=form.wish,
        dates=dates,
        problems=problems,
        possible=len(dates) - problems,
        posted=form.posted(),
        status=409 if problems else 200,
    )


@require_POST
@login_required
@never_cache
@endpoints.refusals_as_json
def keep(request: MemberRequest, slug: str) -> HttpResponse:
    """Holds the time that a form shows, or lets it go. `until` is for people."""
    at_most(HELD, f"booking-hold:{request.user.pk}", within=timedelta(minutes=1))
    membership = membership_in(slug, request.user)
    spaces = list(access.bookable_by(membership))
    if not spaces:
        raise not_allowed()
    form = HoldForm.of(spaces, request.POST)
    if not form.is_valid():
        raise Refused("booking.invalid", form.problem)
    before = form.cleaned_data["hold"]
    if request.POST.get("let_go"):
        if before:
            let_go(hold=before, user=request.user)
        return JsonResponse({})
    held = hold(user=request.user, replaces=before, **form.span)
    until = date_format(held.held_until.astimezone(form.zone), "H:i")  # type: ignore[union-attr]
    return JsonResponse({"hold": held.pk, "until": until})
