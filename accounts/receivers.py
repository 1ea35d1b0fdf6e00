"""Sessions begin and end in Django and allauth; their signals are turned into our own words here."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from accounts import services
from accounts.models import User


@receiver(user_logged_in)
def session_began(user: User, **kwargs: Any) -> None:
    services.note_sign_in(user=user)


@receiver(user_logged_out)
def session_ends(request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    """Django says so before it drops the session; a socket that comes back at once must find it gone."""
    key = request.session.session_key
    if user is not None and key:
        request.session.delete(key)
        services.announce_sign_out(user=user, session_key=key)
