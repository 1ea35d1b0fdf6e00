"""What an operator sees of spaces. The link of a door is a secret and stays hidden."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from audit.readonly import ReadOnly
from bookings.spaces import services
from bookings.spaces.models import Amenity, OpeningHours, Space


class OpeningHoursInline(admin.TabularInline[OpeningHours, Space]):
    model = OpeningHours
    can_delete = False
    fields = ["weekday", "opens", "closes"]
    readonly_fields = ["weekday", "opens", "closes"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Space)
class SpaceAdmin(ReadOnly):
    list_display = ["name", "organization", "building", "capacity", "booked_by", "needs_approval", "is_active"]
    list_filter = ["is_active", "needs_approval", "booked_by", "created_at"]
    list_select_related = ["organization"]
    search_fields = ["name", "building", "organization__name", "organization__slug", "id"]
    inlines = [OpeningHoursInline]
    actions = ["deactivate", "activate"]

    def has_act_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("bookings.change_space")

    @admin.action(description=_("Deactivate space"), permissions=["act"])
    def deactivate(self, request: HttpRequest, queryset: QuerySet[Space]) -> None:
        self._each(request, queryset.filter(is_active=True), is_active=False)

    @admin.action(description=_("Activate space"), permissions=["act"])
    def activate(self, request: HttpRequest, queryset: QuerySet[Space]) -> None:
        self._each(request, queryset.filter(is_active=False), is_active=True)

    def _each(self, request: HttpRequest, spaces: QuerySet[Space], *, is_active: bool) -> None:
        chosen = list(spaces)
        for space in chosen:
            services.set_active(space=space, actor=request.user, is_active=is_active)  # type: ignore[arg-type]
        text = ngettext("Done for %(count)d space.", "Done for %(count)d spaces.", len(chosen))
        messages.success(request, text % {"count": len(chosen)})


@admin.register(Amenity)
class AmenityAdmin(ReadOnly):
    list_display = ["name", "organization", "created_at"]
    list_select_related = ["organization"]
    search_fields = ["name", "organization__name", "organization__slug", "id"]
