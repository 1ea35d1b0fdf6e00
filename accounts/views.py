"""Sign in and sign up are allauth's, with our answers; profile, avatars and first administrator are ours."""

import uuid
from typing import Any

from allauth.account.views import LoginView, SignupView
from allauth.decorators import rate_limit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from accounts import access, services, setup
from accounts.forms import (
    AvatarForm,
    ChangePasswordForm,
    DeleteAccountForm,
    FirstAdministratorForm,
    ProfileForm,
)
from accounts.requests import MemberRequest
from realtime.pages import posted, refusals_as_pages


class SignIn(LoginView):  # type: ignore[misc]
    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)
        if form.has_error("__all__", code="too_many_login_attempts"):
            response.status_code = 429
        return response


class SignUp(SignupView):  # type: ignore[misc]
    def form_valid(self, form: Any) -> HttpResponse:
        try:
            response: HttpResponse = super().form_valid(form)
        except IntegrityError:  # Two with one address at the same moment: the second is told like any later one.
            form.add_error("email", _("There is already an account with this email address."))
            response = self.form_invalid(form)
        return response


def _profile_page(request: MemberRequest, **forms: Any) -> HttpResponse:
    shown = {
        "profile_form": ProfileForm.of(request.user),
        "avatar_form": AvatarForm(),
        "password_form": ChangePasswordForm(request.user),
    }
    return render(request, "accounts/profile.html", shown | forms)


@login_required
@never_cache
def profile(request: MemberRequest) -> HttpResponse:
    if request.method != "POST":
        return _profile_page(request)
    form = ProfileForm.of(request.user, request.POST)
    if not form.is_valid():
        return _profile_page(request, profile_form=form)
    services.change_profile(user=request.user, **form.cleaned_data)
    messages.success(request, _("Your profile is saved."))
    return redirect("account_profile")


@require_POST
@login_required
def change_avatar(request: MemberRequest) -> HttpResponse:
    form = AvatarForm(request.POST, request.FILES)
    if not form.is_valid():
        return _profile_page(request, avatar_form=form)
    services.set_avatar(user=request.user, picture=form.cleaned_data["avatar"])
    messages.success(request, _("Your avatar is saved."))
    return redirect("account_profile")


@require_POST
@login_required
def remove_avatar(request: MemberRequest) -> HttpResponse:
    services.remove_avatar(user=request.user)
    messages.success(request, _("Your avatar is removed."))
    return redirect("account_profile")


@require_GET
def avatar(request: HttpRequest, account_id: uuid.UUID) -> HttpResponse:
    """Kept by browsers for good under the address of this very picture, asked again under any other."""
    content, version = access.avatar_of(account_id)
    response = HttpResponse(content, content_type="image/webp")
    exact = request.GET.get("v") == version
    response["Cache-Control"] = "private, max-age=31536000, immutable" if exact else "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
@login_required
def sign_out_everywhere(request: MemberRequest) -> HttpResponse:
    services.sign_out_everywhere(user=request.user)
    logout(request)
    messages.success(request, _("You are signed out on every device."))
    return redirect("home")


@sensitive_post_parameters("password")
@login_required
@rate_limit(action="reauthenticate")  # type: ignore[untyped-decorator]
@never_cache
@refusals_as_pages
def delete_account(request: MemberRequest) -> HttpResponse:
    form = DeleteAccountForm(request.user, posted(request))
    if not form.is_valid():
        return render(request, "accounts/delete.html", {"form": form})
    services.delete_account(user=request.user)
    logout(request)
    messages.success(request, _("Your account is deleted."))
    return redirect("home")


@sensitive_post_parameters("password")
@never_cache
def set_up(request: HttpRequest, token: str) -> HttpResponse:
    account_id = setup.account_id(token)
    if account_id is None:
        return render(request, "accounts/setup_closed.html", status=410)
    form = FirstAdministratorForm(posted(request))
    if not form.is_valid():
        return render(request, "accounts/setup.html", {"form": form})
    try:
        user = services.create_first_administrator(account_id=account_id, **form.cleaned_data)
    except setup.SetupClosed:
        return render(request, "accounts/setup_closed.html", status=410)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return redirect(settings.LOGIN_REDIRECT_URL)
