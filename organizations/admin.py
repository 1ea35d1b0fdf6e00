"""What an operator sees of organizations. Deleting one is the service, which takes its files along."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from audit.readonly import ReadOnly
from organizations.models import Export, Invitation, Membership, Organization
from organizations.takeout.erasure import erase


@admin.register(Organization)
class OrganizationAdmin(ReadOnly):
    list_display = ["name", "slug", "rooms_made_by", "bookings_made_by", "records_kept", "created_at"]
    list_filter = ["rooms_made_by", "bookings_made_by", "records_kept", "created_at"]
    search_fields = ["name", "slug", "id"]
    date_hierarchy = "created_at"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("organizations.delete_organization")

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What cannot be deleted one by one goes with its organization."""
        to_delete, counts, _needed, protected = super().get_deleted_objects(objs, request)
        return to_delete, counts, set(), protected

    def delete_model(self, request: HttpRequest, obj: Organization) -> None:
        erase(organization=obj, actor=request.user)  # type: ignore[arg-type]

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Organization]) -> None:
        for organization in queryset:
            self.delete_model(request, organization)


@admin.register(Membership)
class MembershipAdmin(ReadOnly):
    list_display = ["user", "organization", "role", "created_at"]
    list_filter = ["role", "created_at"]
    list_select_related = ["user", "organization"]
    search_fields = ["user__email", "user__display_name", "organization__name", "organization__slug"]


@admin.register(Invitation)
class InvitationAdmin(ReadOnly):
    """The link is a secret, of which only the hash is kept; it stays hidden too."""

    list_display = ["email", "organization", "role", "expires_at", "accepted_at"]
    list_filter = ["role", "expires_at", "accepted_at"]
    list_select_related = ["organization"]
    search_fields = ["email", "organization__name", "organization__slug"]
    exclude = ["token_hash"]


@admin.register(Export)
class ExportAdmin(ReadOnly):
    """Its file is for administrators of the organization alone."""

    list_display = ["organization", "requested_by", "state", "size", "created_at", "expires_at"]
    list_filter = ["state", "created_at"]
    list_select_related = ["organization", "requested_by"]
    search_fields = ["organization__name", "organization__slug", "requested_by__email"]
    exclude = ["file"]
