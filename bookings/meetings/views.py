"""Joining the meeting of a booking."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.requests import MemberRequest
from bookings.access import booking_for, concerns
from bookings.meetings.services import join as join_booking
from bookings.meetings.services import way_in
from realtime.pages import refusals_as_pages


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
@refusals_as_pages
def join(request: MemberRequest, booking_id: UUID) -> HttpResponse:
    """Asks first, since links in mails are followed by machines; another platform is a link, never a redirect."""
    booking = booking_for(request.user, booking_id)
    concerned = concerns(booking, request.user)
    if request.method == "POST":
        there = join_booking(booking=booking, actor=request.user)
        if booking.meeting is not None and booking.meeting.room is not None:
            return redirect(there)
    context = {
        "booking": booking,
        "way_in": way_in(booking) if concerned else "",
        "checked_in": request.method == "POST",
    }
    return render(request, "bookings/meetings/join.html", context)
