"""What an operator sees of tickets: facts, read-only. They are worked on by the people of the organization."""

from typing import Any

from django.contrib import admin

from audit.readonly import ReadOnly
from bookings.tickets.models import Ticket, TicketEntry


class EntryInline(admin.TabularInline[TicketEntry, Ticket]):
    model = TicketEntry
    fields = ["created_at", "author_name", "comment", "changes"]
    readonly_fields = ["created_at", "author_name", "comment", "changes"]
    extra = 0
    can_delete = False

    def has_add_permission(self, *args: Any, **kwargs: Any) -> bool:
        return False


@admin.register(Ticket)
class TicketAdmin(ReadOnly):
    list_display = ["number", "title", "organization", "space", "state", "is_blocking", "assignee", "created_at"]
    list_filter = ["state", "is_blocking", "created_at"]
    list_select_related = ["organization", "space", "assignee"]
    search_fields = ["id", "title", "organization__name", "space__name", "reporter__email", "assignee__email"]
    date_hierarchy = "created_at"
    inlines = [EntryInline]
