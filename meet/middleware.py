"""What is done around every view: a line in the log, and headers that no library of ours sets."""

import logging
from collections.abc import Callable
from time import monotonic

from django.http import HttpRequest, HttpResponse

from meet.logs import route_of

access = logging.getLogger("meet.access")
ASKED_ALL_THE_TIME = {"health-live", "health-ready", "metrics"}

POLICY = (
    "camera=(self), microphone=(self), display-capture=(self), fullscreen=(self), picture-in-picture=(self), "
    "screen-wake-lock=(self), autoplay=(self), speaker-selection=(self), geolocation=(), payment=(), usb=(), "
    "serial=(), midi=()"
)


def permissions_policy(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """W3C Permissions Policy: what a call needs, for this origin alone."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", POLICY)
        return response

    return middleware


def access_lines(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Method, route, status and milliseconds; never the path, since codes and keys are in it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        began = monotonic()
        response = get_response(request)
        route, ms = route_of(request), round((monotonic() - began) * 1000)
        level = logging.DEBUG if route in ASKED_ALL_THE_TIME else logging.INFO
        fields = {"method": request.method, "route": route, "status": response.status_code, "ms": ms}
        access.log(level, "%s %s %d in %d ms", *fields.values(), extra={"fields": fields})
        return response

    return middleware
