"""Booking a space, and everything that can be done with a booking afterwards."""

import uuid
from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.requests import MemberRequest
from bookings import access, services
from bookings.conflicts import Changed, Conflict
from bookings.forms import BookingForm, CancelForm, ChangeForm, HoldForm, with_alternative
from bookings.models import Booking
from realtime.limits import at_most
from realtime.refusals import Refused
from rooms.refusals import refusals_as_pages

LISTED = 20
SAVED = 120  # per person and hour: each may send a hundred mails
HELD = 60  # per person and minute
require_form = require_http_methods(["GET", "HEAD", "POST"])


def _posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None
