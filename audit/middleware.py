from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from audit import origin


def origin_of_changes(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """What a view changes is recorded with the address and browser of its request."""

    def middleware(request: HttpRequest) -> HttpResponse:
        agent = request.headers.get("User-Agent", "")[:300]
        with origin.of_changes(origin.Origin(request.META.get("REMOTE_ADDR") or None, agent)):
            return get_response(request)

    return middleware
