"""What an operator sees of bookings, read-only; each part registers its own."""

from typing import Any

from django.contrib import admin

from audit.readonly import ReadOnly
from bookings.feeds import admin as feeds  # noqa: F401
from bookings.models import Attendee, Booking, Series, Slot
from bookings.spaces import admin as spaces  # noqa: F401
from bookings.tickets import admin as tickets  # noqa: F401


class SlotInline(admin.TabularInline[Slot, Booking]):
    model = Slot
    fields = ["space", "blocked_from", "blocked_until", "is_held"]
    readonly_fields = ["space", "blocked_from", "blocked_until", "is_held"]
    extra = 0
    can_delete = False

    def has_add_permission(self, *args: Any, **kwargs: Any) -> bool:
        return False


class AttendeeInline(admin.TabularInline[Attendee, Booking]):
    model = Attendee
    fields = ["email", "answer", "answered_at"]
    readonly_fields = ["email", "answer", "answered_at"]
    extra = 0
    can_delete = False

    def has_add_permission(self, *args: Any, **kwargs: Any) -> bool:
        return False


@admin.register(Booking)
class BookingAdmin(ReadOnly):
    list_display = ["title", "organization", "organizer", "state", "starts_at", "ends_at"]
    list_filter = ["state", "starts_at"]
    list_select_related = ["organization", "organizer"]
    search_fields = ["title", "organizer__email", "organization__name", "spaces__name", "id", "uid"]
    exclude = ["idempotency_key", "meeting"]
    date_hierarchy = "starts_at"
    inlines = [SlotInline, AttendeeInline]


@admin.register(Series)
class SeriesAdmin(ReadOnly):
    list_display = ["uid", "organization", "organizer", "rrule", "starts_at"]
    list_select_related = ["organization", "organizer"]
    search_fields = ["uid", "organizer__email", "organization__name", "id"]
    exclude = ["idempotency_key"]
