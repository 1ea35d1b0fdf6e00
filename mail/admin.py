"""What operators see of mail: how it went, never what it says, which holds secret links."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from audit.readonly import ReadOnly
from mail import services
from mail.models import Mail


@admin.register(Mail)
class MailAdmin(ReadOnly):
    list_display = ["recipient", "kind", "state", "attempts", "next_try_at", "sent_at", "error"]
    list_filter = ["state", "kind", "created_at"]
    search_fields = ["recipient", "entity_id"]
    date_hierarchy = "created_at"
    exclude = ["subject", "text", "html", "calendar", "reply_to"]
    actions = ["retry"]

    @admin.action(description=_("Retry"), permissions=["retry"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        count = sum(services.retry(mail=mail, actor=request.user) for mail in queryset)  # type: ignore[arg-type]
        said = ngettext("%(count)d mail is tried again.", "%(count)d mails are tried again.", count)
        messages.success(request, said % {"count": count})

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("mail.change_mail")
