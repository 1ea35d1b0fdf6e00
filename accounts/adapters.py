"""Where allauth asks us: how people are saved, where they go next, which address they come from."""

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from django.contrib import messages
from django.contrib.sites.shortcuts import get_current_site
from django.db import transaction
from django.forms import BaseForm
from django.http import Http404, HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import services
from accounts.models import User
from accounts.names import LONGEST, SHORTEST
from mail.services import Letter, post

log = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": gettext_lazy("Email or password is wrong."),
        "email_taken": gettext_lazy("There is already an account with this email address."),
        "too_many_login_attempts": gettext_lazy("Too many attempts. Wait five minutes, then try again."),
        "enter_current_password": gettext_lazy("This is not your current password."),
    }

    def save_user(self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True) -> User:
        user.display_name = form.cleaned_data["display_name"]
        user.time_zone = form.cleaned_data["time_zone"]
        super().save_user(request, user, form, commit=False)
        return services.create_account(user=user) if commit else user

    def set_password(self, user: User, password: str) -> None:
        services.change_password(user=user, password=password)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_profile")

    def get_client_ip(self, request: HttpRequest) -> str:
        """The server has resolved trusted proxies already; behind a Unix socket there is no address."""
        return request.META.get("REMOTE_ADDR") or "unknown"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Into the outbox: a mail server that is down must neither undo a sign up nor tell who has an account."""
        request = allauth_context.request
        about = {"request": request, "email": email, "current_site": get_current_site(request)}
        message = self.render_mail(template_prefix, email, about | context)
        letter = Letter(to=email, subject=message.subject, text=message.body)
        post(letters=[letter], kind=template_prefix.rpartition("/")[2])


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    def get_provider(self, *args: Any, **kwargs: Any) -> Any:
        """A service that is not configured is a page that is not there."""
        try:
            return super().get_provider(*args, **kwargs)
        except SocialApp.DoesNotExist as not_configured:
            raise Http404 from not_configured

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> User:
        user: User = super().populate_user(request, sociallogin, data)
        names = (data.get("first_name"), data.get("last_name"))
        name = data.get("name") or " ".join(part for part in names if part) or user.email.partition("@")[0]
        user.display_name = " ".join(str(name).split())[:LONGEST].ljust(SHORTEST, "·")
        return user

    def save_user(self, request: HttpRequest, sociallogin: Any, form: BaseForm | None = None) -> User:
        with transaction.atomic():
            user: User = super().save_user(request, sociallogin, form)
            if form is None:
                services.note_new_account(user=user, provider=sociallogin.account.provider)
            return user

    def on_authentication_error(self, request: HttpRequest, provider: Any, **details: Any) -> None:
        log.warning("Signing in through %s failed: %s", provider, details)
        messages.error(request, _("Signing in did not work. Try again, or use your email and password."))
        raise ImmediateHttpResponse(redirect("account_login"))
