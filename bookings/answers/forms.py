from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bookings.answers.services import Invited
from bookings.models import Answer

ANSWERS = [(one.value, one.label) for one in (Answer.ACCEPTED, Answer.TENTATIVE, Answer.DECLINED)]


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(label=_("Will you come?"), choices=ANSWERS, widget=forms.RadioSelect)
    seen = forms.CharField(widget=forms.HiddenInput)

    @classmethod
    def of(cls, invited: Invited, request: HttpRequest) -> "AnswerForm":
        """A link in a mail chooses beforehand, with `?answer=`."""
        shown = {"answer": request.GET.get("answer") or invited.answer, "seen": invited.seen}
        return cls(request.POST if request.method == "POST" else None, initial=shown)
