"""Headers of every answer that no library of ours sets."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

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
