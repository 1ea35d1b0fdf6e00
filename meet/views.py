"""The front door, and what a load balancer asks."""

import secrets

from django.conf import settings
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.requests import MemberRequest
from meet.metrics import exposition
from meet.overview import overview
from meet.readiness import ask_cache, ask_channel_layer, ask_database


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "home.html")


@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 while everything that a meeting needs answers, else 503 with the names of what does not."""
    checks = {
        "database": ask_database,
        "cache": ask_cache,
        "channel_layer": ask_channel_layer,
    }
    failed = []
    for name, ask in checks.items():
        try:
            ask()
        except Exception:  # noqa: BLE001 - whatever a driver raises, the answer is that it does not work.
            failed.append(name)
    return JsonResponse({"ready": not failed, "failed": failed}, status=503 if failed else 200)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """For Prometheus, which knows METRICS_TOKEN; without one there is no such page."""
    if not settings.METRICS_TOKEN:
        raise Http404
    given = request.headers.get("Authorization", "")
    if not secrets.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(exposition(), content_type="text/plain; version=0.0.4; charset=utf-8")


@require_safe
@never_cache
def admin_overview(request: MemberRequest) -> HttpResponse:
    context = {**admin.site.each_context(request), "title": _("Overview"), **overview(request.user)}
    return render(request, "admin/overview.html", context)
