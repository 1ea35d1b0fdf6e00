"""What an operator reads of the audit trail: filtered, as a table for spreadsheets, and whether it is whole."""

from itertools import islice
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from audit.chain import verify
from audit.entries import table
from audit.models import AuditEntry

FAULTS_SHOWN = 20


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin[AuditEntry]):
    list_display = ["at", "action", "actor", "entity", "entity_id", "ip_address"]
    list_filter = ["action", "entity", "at"]
    search_fields = ["action", "entity_id", "actor__email"]
    date_hierarchy = "at"
    list_select_related = ["actor"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        own = [("export/", require_safe(self.export), "export"), ("verify/", require_POST(self.verify), "verify")]
        wrap = self.admin_site.admin_view
        return [path(at, wrap(view), name=f"audit_auditentry_{name}") for at, view, name in own] + super().get_urls()

    def export(self, request: HttpRequest) -> HttpResponse:
        """The list as it is filtered and searched, all pages of it."""
        self._refuse_strangers(request)
        try:
            found = self.get_changelist_instance(request).queryset
        except IncorrectLookupParameters:
            return redirect("admin:audit_auditentry_changelist")
        name = f"audit-{timezone.localtime():%Y-%m-%d-%H%M}.csv"
        headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or ""}
        return HttpResponse(table(found), content_type="text/csv; charset=utf-8", headers=headers)

    def verify(self, request: HttpRequest) -> HttpResponse:
        self._refuse_strangers(request)
        faults = list(islice(verify(), FAULTS_SHOWN))
        for fault in faults:
            messages.error(request, str(fault))
        if not faults:
            messages.success(request, _("The audit trail is whole."))
        return redirect("admin:audit_auditentry_changelist")

    def _refuse_strangers(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied
