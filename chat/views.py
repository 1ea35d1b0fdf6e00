"""Files of the chat, in and out. They are for those who may read the thread, and never run."""

import uuid
from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from chat import access
from chat.files import broken
from chat.forms import UploadForm
from chat.services.exporting import export_text
from chat.services.sharing import share_file
from realtime.limits import at_most
from realtime.refusals import Refused
from rooms.visitors import visitor_of

FILES_PER_MINUTE = 20  # of one participant
STATUS = {"thread.not-found": 404, "meeting.not-joined": 404, "file.too-large": 413, "rate.exceeded": 429}


@require_POST
def upload(request: HttpRequest, thread_id: uuid.UUID) -> JsonResponse:
    try:
        person = access.participant_in(thread_id, visitor_of(request.user, request.session))
        at_most(FILES_PER_MINUTE, f"files:{person.pk}", within=timedelta(minutes=1))
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            raise broken()
        given = form.cleaned_data
        share_file(
            participant_id=person.pk, upload=given["file"], announced=given["size"], client_id=given["client_id"]
        )
    except Refused as refused:
        return JsonResponse({"code": refused.code, "text": refused.text}, status=STATUS.get(refused.code, 400))
    return JsonResponse({})


@require_GET
def download(request: HttpRequest, attachment_id: uuid.UUID) -> HttpResponse:
    """To be saved; shown in the page only where it is a picture that was written anew here."""
    found = access.attachment_for(attachment_id, visitor_of(request.user, request.session))
    shown = "inline" in request.GET and found.is_picture
    with found.file.open() as file:
        response = HttpResponse(file.read(), content_type=found.content_type)
    response["Content-Disposition"] = content_disposition_header(not shown, found.name) or "attachment"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@require_GET
def as_text(request: HttpRequest, thread_id: uuid.UUID) -> HttpResponse:
    """What was said to all until now, for hosts inside."""
    try:
        person = access.participant_in(thread_id, visitor_of(request.user, request.session))
        text = export_text(participant_id=person.pk)
    except Refused as refused:
        raise Http404 from refused
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="chat.txt"'
    response["Cache-Control"] = "private, no-store"
    return response
