"""The one-time link that makes the first administrator, `/accounts/setup/<token>/`, shown by the console."""

import uuid
from datetime import timedelta

from django.core import signing
from django.urls import reverse

from accounts.models import User

SALT = "accounts.setup"
LIFETIME = timedelta(hours=24)


class SetupClosed(Exception):
    """The link was used, or an administrator exists."""


def administrator_exists() -> bool:
    return User.objects.filter(is_superuser=True).exists()


def setup_link() -> str | None:
    """The path of a fresh link, or None once there is an administrator."""
    if administrator_exists():
        return None
    token = signing.dumps(str(uuid.uuid4()), salt=SALT)
    return reverse("account_setup", args=[token])


def account_id(token: str) -> uuid.UUID | None:
    """The key that the administrator's row will have; None where the link is wrong, old or not needed."""
    try:
        key = signing.loads(token, salt=SALT, max_age=LIFETIME)
    except signing.BadSignature:
        return None
    return None if administrator_exists() else uuid.UUID(key)
