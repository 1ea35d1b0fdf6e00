"""What pages of every app share: forms that are shown and sent, and refusals in plain words with a fitting status."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from realtime import metrics
from realtime.refusals import Refused

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
require_form = require_http_methods(["GET", "HEAD", "POST"])


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to; None for one that is only shown."""
    return request.POST if request.method == "POST" else None


def refusals_as_pages(view: View) -> View:
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Refused as refused:
            return refusal_page(request, refused)

    return cast(View, answer)


def refusal_page(request: HttpRequest, refused: Refused) -> HttpResponse:
    """What is not there looks like everything that is not there."""
    metrics.refusals.labels(refused.code).inc()
    if refused.code.endswith(".not-found"):
        raise Http404
    if refused.code == "rate.exceeded":
        return render(request, "429.html", status=429)
    return render(request, "refused.html", {"code": refused.code, "text": refused.text}, status=403)
