"""The page behind the link in an invitation. Only what is sent from it answers: mail scanners follow links."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bookings.answers import services
from bookings.answers.forms import AnswerForm
from bookings.notices.words import described
from realtime.limits import at_most
from realtime.pages import refusals_as_pages
from rooms.lookups import guarded

ANSWERS_PER_HOUR = 300  # to one booking; a hundred may be invited


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@refusals_as_pages
def answer(request: HttpRequest, token: str) -> HttpResponse:
    invited = guarded(request.META.get("REMOTE_ADDR", ""), lambda: services.invited_by(token))
    form = AnswerForm.of(invited, request)
    if request.method == "POST" and form.is_valid():
        _note(request, invited, **form.cleaned_data)
        return redirect("booking-answer", token)
    return render(request, "bookings/answer.html", {"invited": invited, "form": form, "facts": described(invited.next)})


def _note(request: HttpRequest, invited: services.Invited, answer: str, seen: str) -> None:
    at_most(ANSWERS_PER_HOUR, f"booking-answer:{invited.next.pk}", within=timedelta(hours=1))
    if seen != invited.seen:
        messages.warning(request, _("This changed while you looked. Read it again, then answer."))
        return
    services.answer(invited=invited, answer=answer)
    messages.success(request, _("Thank you, your answer is noted."))
