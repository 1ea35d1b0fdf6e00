"""What an operator does to accounts. Goes through the services, so that sessions end and the audit knows."""

from collections.abc import Callable
from typing import Any

import allauth.socialaccount.admin  # noqa: F401 - registers what is taken out below
from allauth.account.decorators import secure_admin_login
from allauth.socialaccount.models import SocialApp, SocialToken
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, BaseUserCreationForm
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import services
from accounts.models import User
from audit.actions import Action
from audit.services import record
from realtime.refusals import Refused

# The sign in page of everybody else: the same throttle, the same answer.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = admin.site.site_title = _("Meet administration")

# Providers and their secrets come from the environment, and tokens are not kept: there is nothing to manage here.
admin.site.unregister([SocialApp, SocialToken])


class NewPersonForm(BaseUserCreationForm[User]):
    class Meta:
        model = User
        fields = ("email", "display_name")


class PasswordForm(AdminPasswordChangeForm):  # type: ignore[type-arg]
    def save(self, commit: bool = True) -> User:
        password = self.cleaned_data["password1"] if self.cleaned_data["set_usable_password"] else None
        person: User = self.user
        services.change_password(user=person, password=password)
        return person


@admin.register(User)
class PersonAdmin(UserAdmin):  # type: ignore[type-arg]
    add_form = NewPersonForm
    change_password_form = PasswordForm
    list_display = ["display_name", "email", "is_active", "is_staff", "last_login", "created_at"]
    list_filter = ["is_active", "is_staff", "is_superuser", "language", "created_at"]
    search_fields = ["display_name", "email", "id"]
    ordering = ["display_name"]
    date_hierarchy = "created_at"
    readonly_fields = ["id", "password_state", "picture", "last_login", "created_at", "updated_at"]
    fieldsets = [
        (
            None,
            {"fields": ["id", "email", "display_name", "password_state", "picture", "language", "time_zone"]},
        ),
        (_("Rights"), {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]}),
        (_("Dates"), {"fields": ["last_login", "created_at", "updated_at"]}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "display_name", "password1", "password2"]})]
    actions = ["sign_out_everywhere", "deactivate", "activate"]

    @admin.display(description=_("password"))
    def password_state(self, person: User) -> str:
        state = _("set") if person.has_usable_password() else _("none")
        change = reverse("admin:auth_user_password_change", args=[person.pk])
        return format_html('{} · <a href="{}">{}</a>', state, change, _("Change password"))

    @admin.display(description=_("avatar"))
    def picture(self, person: User) -> str:
        if not person.avatar_url:
            return ""
        return format_html('<img src="{}" alt="" width="64" height="64">', person.avatar_url)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        was_active = change and User.objects.filter(pk=obj.pk, is_active=True).exists()
        obj.email = obj.email.lower()
        super().save_model(request, obj, form, change)
        assert isinstance(request.user, User)  # noqa: S101
        action = Action.ACCOUNT_CHANGED if change else Action.ACCOUNT_CREATED
        record(action=action, entity=obj, actor=request.user, fields=form.changed_data if change else [])
        if was_active and not obj.is_active:
            services.deactivate(user=obj, actor=request.user)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Memberships cannot be deleted one by one, but go with their person."""
        to_delete, counts, _needed, protected = super().get_deleted_objects(objs, request)
        return to_delete, counts, set(), protected

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        return _or_why_not(request, lambda: super(PersonAdmin, self).delete_view(request, object_id, extra_context))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return _or_why_not(request, lambda: super(PersonAdmin, self).changelist_view(request, extra_context))

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        services.delete_account(user=obj, actor=request.user)  # type: ignore[arg-type]

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for person in queryset:
            self.delete_model(request, person)

    @admin.action(description=_("Sign out everywhere"), permissions=["change"])
    def sign_out_everywhere(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._each(request, queryset, services.sign_out_everywhere)

    @admin.action(description=_("Deactivate"), permissions=["change"])
    def deactivate(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._each(request, queryset.filter(is_active=True).exclude(pk=str(request.user.pk)), services.deactivate)

    @admin.action(description=_("Activate"), permissions=["change"])
    def activate(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._each(request, queryset.filter(is_active=False), services.activate)

    def _each(self, request: HttpRequest, people: QuerySet[User], verb: Any) -> None:
        chosen = list(people)
        for person in chosen:
            verb(user=person, actor=request.user)
        text = ngettext("Done for %(count)d account.", "Done for %(count)d accounts.", len(chosen))
        messages.success(request, text % {"count": len(chosen)})


def _or_why_not(request: HttpRequest, page: Callable[[], HttpResponse]) -> HttpResponse:
    try:
        return page()
    except Refused as refused:
        messages.error(request, refused.text)
        return redirect("admin:accounts_user_changelist")
