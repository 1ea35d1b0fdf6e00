"""What an operator sees of plans: facts, read-only. They are changed and cancelled by who made them."""

from django.contrib import admin

from audit.readonly import ReadOnly
from rooms.schedules.models import Invitee, Schedule


@admin.register(Schedule)
class ScheduleAdmin(ReadOnly):
    list_display = ["title", "room", "organizer", "starts_at", "over_at", "cancelled_at"]
    list_filter = ["starts_at", "cancelled_at"]
    list_select_related = ["room", "organizer"]
    search_fields = ["id", "uid", "title", "room__name", "organizer__email"]
    date_hierarchy = "starts_at"


@admin.register(Invitee)
class InviteeAdmin(ReadOnly):
    list_display = ["email", "schedule", "created_at"]
    list_select_related = ["schedule"]
    search_fields = ["email", "schedule__title", "schedule__room__name"]
