"""Calendars to subscribe to, and the page on which people make and revoke their links."""

import hashlib
import uuid
from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import MemberRequest
from bookings.calendars.views import TYPE
from bookings.feeds import services
from bookings.feeds.access import feed_of, feed_with, feeds_of
from bookings.feeds.contents import written
from bookings.feeds.forms import FeedForm
from realtime.limits import at_most
from realtime.pages import posted, refusals_as_pages
from rooms.lookups import guarded

READ_PER_HOUR = 120  # of one feed: several devices of one person ask every few minutes


@require_safe
@refusals_as_pages
def feed(request: HttpRequest, key: str) -> HttpResponse:
    found = guarded(request.META.get("REMOTE_ADDR", ""), lambda: feed_with(key))
    at_most(READ_PER_HOUR, f"feed:{found.pk}", within=timedelta(hours=1))
    text = written(found)
    services.note_reading(feed=found)
    etag = f'"{hashlib.sha256(text.encode()).hexdigest()}"'
    headers = {"Cache-Control": "private, no-cache", "ETag": etag}
    response = HttpResponse(text, content_type=TYPE, headers=headers)
    return get_conditional_response(request, etag=etag, response=response) or response


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def feeds(request: MemberRequest) -> HttpResponse:
    form = FeedForm(posted(request), user=request.user)
    if request.method == "POST" and form.is_valid():
        services.make_feed(user=request.user, of=form.target)
        messages.success(request, _("The link is ready. Copy it into your calendar program."))
        return redirect("feeds")
    shown = {"feeds": feeds_of(request.user), "form": form, "address": settings.PUBLIC_URL}
    return render(request, "bookings/feeds.html", shown)


@require_POST
@login_required
def renew(request: MemberRequest, feed_id: uuid.UUID) -> HttpResponse:
    services.renew_feed(feed=feed_of(request.user, feed_id), actor=request.user)
    messages.success(request, _("There is a new link. The one before leads nowhere any more."))
    return redirect("feeds")


@require_POST
@login_required
def revoke(request: MemberRequest, feed_id: uuid.UUID) -> HttpResponse:
    services.revoke_feed(feed=feed_of(request.user, feed_id), actor=request.user)
    messages.success(request, _("The link leads nowhere any more."))
    return redirect("feeds")
