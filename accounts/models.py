"""People with an account. The e-mail address is who they are to us; what others see is the display name."""

import uuid
import zoneinfo
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from audit.records import Record


def is_time_zone(name: str) -> bool:
    return name in zoneinfo.available_timezones()


def known_time_zone(name: str) -> None:
    if not is_time_zone(name):
        raise ValidationError(_("This time zone is not known."), code="time_zone.unknown")


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin, Record):
    email = models.EmailField(_("email"), unique=True)
    display_name = models.CharField(_("display name"), max_length=50)
    avatar = models.ImageField(_("avatar"), upload_to="avatars/", blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC", validators=[known_time_zone])
    is_staff = models.BooleanField(_("administrator"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    session_epoch = models.UUIDField(default=uuid.uuid4, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_unique_without_case")]
        ordering = ["display_name"]

    def __str__(self) -> str:
        return self.display_name or str(uuid.UUID(str(self.pk)))

    @property
    def avatar_url(self) -> str:
        """Changes with the picture, so that browsers may keep it for good; empty without one."""
        if not self.avatar:
            return ""
        return f"{reverse('account_avatar', args=[self.pk])}?v={self.avatar_version}"

    @property
    def avatar_version(self) -> str:
        return PurePath(self.avatar.name or "").stem[:12]

    def get_session_auth_hash(self) -> str:
        return self._session_hash()

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        for secret in settings.SECRET_KEY_FALLBACKS:
            yield self._session_hash(secret)

    def _session_hash(self, secret: str | bytes | None = None) -> str:
        """A session holds while password and epoch stay: a new epoch signs the person out everywhere."""
        value = f"{self.password}:{self.session_epoch}"
        return salted_hmac("accounts.User.session", value, secret=secret, algorithm="sha256").hexdigest()
