import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation


def personal_settings(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Pages speak the signed-in person's language and show their time zone."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return get_response(request)
        with (
            translation.override(request.user.language),
            timezone.override(zoneinfo.ZoneInfo(request.user.time_zone)),
        ):
            return get_response(request)

    return middleware
