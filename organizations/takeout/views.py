"""Taking everything away, and deleting it, with a receipt that outlives it."""

import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required
from django.db.models.fields.files import FieldFile
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.requests import MemberRequest
from audit.chain import seal
from organizations.access import admin_of, export_of, exports_of
from organizations.forms import DeleteForm
from organizations.takeout.erasure import erase, receipt, receipt_for
from organizations.takeout.services import ask_for_export
from organizations.views import page
from realtime.limits import at_most
from realtime.pages import posted, refusals_as_pages, require_form

EXPORTS = 10  # per person and hour
CHUNK = 256 * 1024


@require_form
@login_required
@never_cache
@refusals_as_pages
def export(request: MemberRequest, slug: str) -> HttpResponse:
    membership = admin_of(slug, request.user)
    if request.method != "POST":
        exports = list(exports_of(membership.organization))
        return page(request, "export", membership, exports=exports, waiting=any(one.is_pending for one in exports))
    at_most(EXPORTS, f"export:{request.user.pk}", within=timedelta(hours=1))
    ask_for_export(organization=membership.organization, actor=request.user)
    return redirect("organization-export", slug)


@require_safe
@login_required
@never_cache
@refusals_as_pages
def download(request: MemberRequest, slug: str, export_id: uuid.UUID) -> StreamingHttpResponse:
    found = export_of(admin_of(slug, request.user).organization, export_id)
    response = StreamingHttpResponse(_chunks(found.file), content_type="application/zip")
    response["Content-Length"] = found.size
    name = f"{slug}-{found.created_at:%Y-%m-%d}.zip"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


async def _chunks(stored: FieldFile) -> AsyncIterator[bytes]:
    """A plain file would be read into memory whole before its first byte is sent."""
    file = await sync_to_async(stored.open, thread_sensitive=False)("rb")
    with file:
        while chunk := await sync_to_async(file.read, thread_sensitive=False)(CHUNK):
            yield chunk


@require_form
@login_required
@never_cache
@refusals_as_pages
def delete(request: MemberRequest, slug: str) -> HttpResponse:
    membership = admin_of(slug, request.user)
    form = DeleteForm(membership.organization, posted(request))
    if not form.is_valid():
        return page(request, "delete", membership, form=form)
    entry = erase(organization=membership.organization, actor=request.user)
    seal()  # so that the receipt has its hash at once
    return redirect("organization-receipt", entry.pk)


@require_safe
@login_required
@never_cache
def show_receipt(request: MemberRequest, entry_id: uuid.UUID) -> HttpResponse:
    entry = receipt_for(request.user, entry_id)
    return render(request, "organizations/receipt.html", {"entry": entry, "receipt": receipt(entry)})


@require_safe
@login_required
@never_cache
def receipt_json(request: MemberRequest, entry_id: uuid.UUID) -> HttpResponse:
    found: dict[str, Any] = receipt(receipt_for(request.user, entry_id))
    response = JsonResponse(found, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = content_disposition_header(True, "receipt.json") or "attachment"
    return response
