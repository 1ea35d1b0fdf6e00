from django.contrib import admin

from audit.readonly import ReadOnly
from bookings.feeds.models import Feed


@admin.register(Feed)
class FeedAdmin(ReadOnly):
    """Without the key: whoever has it reads what its maker may read."""

    list_display = ["user", "kind", "organization", "space", "last_read_at", "created_at"]
    list_filter = ["kind", "last_read_at"]
    list_select_related = ["user", "organization", "space"]
    search_fields = ["id", "user__email", "organization__name", "space__name"]
    exclude = ["key"]
