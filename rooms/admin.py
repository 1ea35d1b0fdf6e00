"""What an operator sees of rooms and does to them. Invite codes, seats and sessions are secrets and stay hidden.

Whatever people in a meeting must hear of goes through the services; the rest of the rows is read-only.
"""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from audit.readonly import ReadOnly
from rooms.codes import masked
from rooms.forms import SETTINGS
from rooms.models import Attendance, Connection, Hand, Meeting, Participant, Room, RoomSettings
from rooms.schedules import admin as schedules  # noqa: F401 - registers its own
from rooms.services import rooms as services
from rooms.services.meetings import end_by_administrator


class _SaysWhatItShowed:
    """So that a stale page undoes nothing: only what was changed on it is saved."""

    def formfield_for_dbfield(self, *args: Any, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(*args, **kwargs)  # type: ignore[misc]
        if field is not None:
            field.show_hidden_initial = True
        return field


class SettingsInline(_SaysWhatItShowed, admin.StackedInline[RoomSettings, Room]):
    model = RoomSettings
    can_delete = False
    fields = SETTINGS


@admin.register(Room)
class RoomAdmin(_SaysWhatItShowed, admin.ModelAdmin[Room]):
    list_display = ["name", "host", "organization", "code_masked", "is_active", "is_locked", "created_at"]
    list_filter = ["is_active", "is_locked", "created_at"]
    list_select_related = ["host", "organization"]
    search_fields = ["name", "host__email", "host__display_name", "organization__name", "id"]
    date_hierarchy = "created_at"
    readonly_fields = [
        "id",
        "host",
        "organization",
        "code_masked",
        "is_active",
        "is_locked",
        "closed_at",
        "created_at",
        "updated_at",
    ]
    fields = ["name", *readonly_fields]
    inlines = [SettingsInline]
    actions = ["close_rooms", "reopen_rooms"]

    @admin.display(description=_("code"))
    def code_masked(self, room: Room) -> str:
        return masked(room.code)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Room, form: Any, change: bool) -> None:
        """All at once in save_related."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        for formset in formsets:
            formset.save(commit=False)
        own = formsets[0].forms[0]
        settings = {field: own.cleaned_data[field] for field in own.changed_data if field in SETTINGS}
        name = form.cleaned_data["name"] if "name" in form.changed_data else None
        services.change_room(room=form.instance, actor=request.user, name=name, settings=settings)  # type: ignore[arg-type]

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Meetings and seats cannot be deleted one by one, but go with their room."""
        to_delete, counts, _needed, protected = super().get_deleted_objects(objs, request)
        return to_delete, counts, set(), protected

    def delete_model(self, request: HttpRequest, obj: Room) -> None:
        services.delete_room(room=obj, actor=request.user)  # type: ignore[arg-type]

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Room]) -> None:
        for room in queryset:
            self.delete_model(request, room)

    @admin.action(description=_("Close room"), permissions=["change"])
    def close_rooms(self, request: HttpRequest, queryset: QuerySet[Room]) -> None:
        chosen = list(queryset.filter(is_active=True))
        for room in chosen:
            services.close_room(room=room, actor=request.user)  # type: ignore[arg-type]
        _say_done(request, len(chosen))

    @admin.action(description=_("Reopen room"), permissions=["change"])
    def reopen_rooms(self, request: HttpRequest, queryset: QuerySet[Room]) -> None:
        """Not one whose host is gone: nobody could close it again."""
        chosen = list(queryset.filter(is_active=False, host__isnull=False))
        for room in chosen:
            services.reopen_room(room=room, actor=request.user)  # type: ignore[arg-type]
        _say_done(request, len(chosen))


@admin.register(Meeting)
class MeetingAdmin(ReadOnly):
    list_display = ["name", "state", "started_at", "ended_at", "ended_reason"]
    list_filter = ["state", "ended_reason", "started_at"]
    list_select_related = ["room"]
    search_fields = ["id", "title", "room__name", "room__host__email"]
    date_hierarchy = "started_at"
    fields = ["id", "room", "title", "state", "started_at", "ended_at", "ended_reason", "empty_since", "seq"]
    actions = ["end_meetings"]

    def has_end_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("rooms.change_meeting")

    @admin.action(description=_("End meeting"), permissions=["end"])
    def end_meetings(self, request: HttpRequest, queryset: QuerySet[Meeting]) -> None:
        chosen = list(Meeting.objects.active().filter(pk__in=queryset))
        for meeting in chosen:
            end_by_administrator(meeting=meeting, actor=request.user)  # type: ignore[arg-type]
        _say_done(request, len(chosen))


@admin.register(RoomSettings)
class RoomSettingsAdmin(ReadOnly):
    """To find rooms by a setting; changed on the page of the room."""

    list_display = ["room", "waiting_room", "wait_for_host", "allow_guest_access", "max_participants", "engine"]
    list_filter = ["waiting_room", "wait_for_host", "allow_guest_access", "allow_chat", "engine"]
    list_select_related = ["room"]
    search_fields = ["room__name", "room__host__email", "room__id"]


@admin.register(Participant)
class ParticipantAdmin(ReadOnly):
    list_display = ["name", "meeting", "role", "state", "created_at"]
    list_filter = ["role", "state", "created_at"]
    list_select_related = ["user", "meeting__room"]
    search_fields = ["guest_name", "user__email", "user__display_name", "meeting__id", "meeting__room__name"]
    exclude = ["seat_hash"]


@admin.register(Attendance)
class AttendanceAdmin(ReadOnly):
    list_display = ["participant", "meeting", "joined_at", "left_at"]
    list_filter = ["joined_at"]
    list_select_related = ["participant__user", "participant__meeting__room"]
    search_fields = ["participant__guest_name", "participant__user__email", "participant__meeting__id"]
    date_hierarchy = "joined_at"

    @admin.display(description=_("meeting"), ordering="participant__meeting")
    def meeting(self, stay: Attendance) -> Meeting:
        return stay.participant.meeting


@admin.register(Hand)
class HandAdmin(ReadOnly):
    list_display = ["participant", "raised_at", "lowered_at"]
    list_filter = ["raised_at"]
    list_select_related = ["participant__user"]
    search_fields = ["participant__guest_name", "participant__user__email", "participant__meeting__id"]
    date_hierarchy = "raised_at"


@admin.register(Connection)
class ConnectionAdmin(ReadOnly):
    list_display = ["participant", "is_open", "expires_at", "created_at"]
    list_filter = ["is_open"]
    list_select_related = ["participant__user"]
    search_fields = ["participant__guest_name", "participant__user__email", "participant__meeting__id"]
    exclude = ["token", "session_key"]


def _say_done(request: HttpRequest, count: int) -> None:
    messages.success(request, ngettext("Done for %(count)d.", "Done for %(count)d.", count) % {"count": count})
