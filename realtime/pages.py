"""A refusal on the wire of pages: plain words and a fitting status."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from realtime import metrics
from realtime.refusals import Refused

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


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
