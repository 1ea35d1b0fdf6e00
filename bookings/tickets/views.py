"""Tickets as pages: opened by members, at the door and from a call; worked on by who is responsible."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import content_of
from accounts.requests import MemberRequest
from bookings.door.access import space_at_door
from bookings.tickets import access, services
from bookings.tickets.facts import labelled
from bookings.tickets.forms import ArrangeForm, CallForm, CommentForm, DoorForm, MoveForm, QueueForm, TicketForm
from bookings.tickets.history import history_of
from bookings.tickets.models import Ticket, TicketQuerySet, TicketState
from bookings.tickets.queue import mine, queue_of
from organizations.access import membership_in
from organizations.models import Membership
from organizations.pages import in_organization
from realtime import metrics
from realtime.limits import at_most
from realtime.pages import posted, refusals_as_pages, require_form
from realtime.refusals import Refused
from rooms.visitors import visitor_of

PER_PAGE = 25
SHOWN_BOOKINGS = 20
REPORTS = 30  # of one person, an hour
COMMENTS = 60
REPORTS_AT_DOOR = 5  # of one door, in ten minutes; each is a mail to every administrator
CHANGED = "ticket.changed"


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def _page(request: HttpRequest, found: TicketQuerySet) -> "Page[Ticket]":
    return Paginator(found, PER_PAGE).get_page(request.GET.get("page"))


def _count_report(member: Membership) -> None:
    at_most(REPORTS, f"tickets:{member.user_id}", within=timedelta(hours=1))


def shows_what_changed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A change that came too late is answered with the ticket as it is now."""

    @wraps(view)
    def answer(request: MemberRequest, slug: str, number: int) -> HttpResponse:
        try:
            return view(request, slug, number)
        except Refused as refused:
            if refused.code != CHANGED:
                raise
            metrics.refusals.labels(CHANGED).inc()
            found, member = access.ticket_for(slug, number, request.user)
            return _ticket_page(request, found, member, problem=refused.text, status=409)

    return answer


@require_safe
@login_required
@never_cache
def tickets(request: MemberRequest, slug: str) -> HttpResponse:
    """The queue of administrators; everybody else has but their own."""
    member = membership_in(slug, request.user)
    if not member.is_admin:
        return redirect("tickets-mine", slug)
    form = QueueForm(member, request.GET)
    context = in_organization(member, form=form, tickets=_page(request, queue_of(member, form.wishes)))
    return render(request, "bookings/tickets/queue.html", context)


@require_safe
@login_required
@never_cache
def my_tickets(request: MemberRequest, slug: str) -> HttpResponse:
    member = membership_in(slug, request.user)
    return render(request, "bookings/tickets/mine.html", in_organization(member, tickets=_page(request, mine(member))))


@require_form
@login_required
@never_cache
@refusals_as_pages
def create(request: MemberRequest, slug: str) -> HttpResponse:
    member = access.reporter_in(slug, request.user)
    form = TicketForm(member, posted(request), request.FILES or None, initial={"space": request.GET.get("space")})
    if request.method == "POST":
        _count_report(member)
    if not form.is_valid():
        return render(request, "bookings/tickets/new.html", in_organization(member, form=form))
    opened = services.open_ticket(reporter=member, report=form.report)
    messages.success(request, _("Thank you. This is ticket #%(number)s.") % {"number": opened.number})
    return redirect("ticket", slug, opened.number)


@require_safe
@login_required
@never_cache
def ticket(request: MemberRequest, slug: str, number: int) -> HttpResponse:
    found, member = access.ticket_for(slug, number, request.user)
    return _ticket_page(request, found, member)


@require_safe
@login_required
def photo(request: MemberRequest, slug: str, number: int) -> HttpResponse:
    found, _member = access.ticket_for(slug, number, request.user)
    response = HttpResponse(content_of(found.photo), content_type="image/webp")
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@login_required
@refusals_as_pages
@shows_what_changed
def move(request: MemberRequest, slug: str, number: int) -> HttpResponse:
    found, member = access.ticket_for(slug, number, request.user)
    form = MoveForm(request.POST)
    if not form.is_valid():
        return _ticket_page(request, found, member, status=400)
    given = form.cleaned_data
    services.move(ticket=found, member=member, version=given["version"], state=TicketState(given["state"]))
    return redirect("ticket", slug, number)


@require_POST
@login_required
@refusals_as_pages
@shows_what_changed
def arrange(request: MemberRequest, slug: str, number: int) -> HttpResponse:
    found, member = access.ticket_for(slug, number, request.user)
    form = ArrangeForm(found, request.POST)
    if not form.is_valid():
        return _ticket_page(request, found, member, arrange_form=form)
    services.arrange(ticket=found, member=member, **{"is_blocking": found.is_blocking, **form.cleaned_data})
    messages.success(request, _("The changes are saved."))
    if found.assignee_id == member.user_id and not access.seen_by(member).filter(pk=found.pk).exists():
        return redirect("tickets-mine", slug)  # handed over by somebody who sees it no longer
    return redirect("ticket", slug, number)


@require_POST
@login_required
@refusals_as_pages
def comment(request: MemberRequest, slug: str, number: int) -> HttpResponse:
    found, member = access.ticket_for(slug, number, request.user)
    form = CommentForm(request.POST)
    at_most(COMMENTS, f"ticket-comments:{member.user_id}", within=timedelta(hours=1))
    if not form.is_valid():
        return _ticket_page(request, found, member, comment_form=form)
    services.comment(ticket=found, member=member, text=form.cleaned_data["text"])
    return redirect("ticket", slug, number)


@require_form
@never_cache
@refusals_as_pages
def at_door(request: HttpRequest, key: str) -> HttpResponse:
    """Without signing in; who is, has a name already."""
    space = space_at_door(key, _address(request))
    member = access.reporter_at_door(space, request.user)
    form = DoorForm(member, posted(request))
    if not form.is_valid():
        return render(request, "bookings/tickets/door.html", {"space": space, "form": form, "member": member})
    at_most(REPORTS_AT_DOOR, f"door-tickets:{space.pk}", within=timedelta(minutes=10))
    name = form.cleaned_data.get("name", "")
    opened = services.open_ticket_at_door(space=space, member=member, name=name, report=form.report)
    messages.success(request, _("Thank you. Your report has the number %(number)s.") % {"number": opened.number})
    return redirect("door-ticket", key)


@require_POST
def from_call(request: HttpRequest, code: str) -> HttpResponse:
    """Out of a call, in the organization of its room: answered with JSON."""
    try:
        visitor = visitor_of(request.user, request.session)
        member = access.reporter_in_room(code, visitor, _address(request))
        form = CallForm(request.POST)
        _count_report(member)
        if not form.is_valid():
            raise Refused("ticket.invalid", " ".join(str(one) for errors in form.errors.values() for one in errors))
        opened = services.open_ticket(reporter=member, report=form.report)
    except Refused as refused:
        return _refusal(refused)
    return JsonResponse({"number": opened.number})


STATUS = {"rate.exceeded": 429, "facts.invalid": 400, "ticket.invalid": 400}


def _refusal(refused: Refused) -> JsonResponse:
    metrics.refusals.labels(refused.code).inc()
    return JsonResponse({"code": refused.code, "text": refused.text}, status=STATUS.get(refused.code, 403))


def _ticket_page(
    request: MemberRequest,
    found: Ticket,
    member: Membership,
    *,
    problem: str = "",
    arrange_form: ArrangeForm | None = None,
    comment_form: CommentForm | None = None,
    status: int = 200,
) -> HttpResponse:
    bookings = access.blocked_bookings_shown_to(member, found)
    context = in_organization(
        member,
        ticket=found,
        problem=problem,
        history=history_of(found),
        facts=labelled(found.facts),
        moves=access.moves(found, member),
        arrange_form=(arrange_form or ArrangeForm(found)) if access.works_on(found, member) else None,
        comment_form=(comment_form or CommentForm()) if access.may_comment(found, member) else None,
        bookings=bookings[:SHOWN_BOOKINGS],
        bookings_beyond=max(0, bookings.count() - SHOWN_BOOKINGS),
    )
    return render(request, "bookings/tickets/ticket.html", context, status=status)
