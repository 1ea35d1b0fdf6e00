import uuid

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.requests import MemberRequest
from bookings.access import booking_for, concerns
from bookings.calendars.events import event_of, single_event
from bookings.calendars.files import published
from bookings.states import BookingState

TYPE = "text/calendar; charset=utf-8"


@require_safe
@login_required
@never_cache
def download(request: MemberRequest, booking_id: uuid.UUID) -> HttpResponse:
    """Under the UID of its invitation, so that calendars do not have it twice."""
    booking = booking_for(request.user, booking_id)
    if booking.state == BookingState.HELD:
        raise Http404
    event = event_of(booking) if concerns(booking, request.user) else single_event(booking, can_join=False)
    text = published([event], name=booking.title)
    return HttpResponse(text, content_type=TYPE, headers={"Content-Disposition": 'attachment; filename="booking.ics"'})
