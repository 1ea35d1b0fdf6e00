"""Calendars that other programs subscribe to."""

import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.records import Record
from bookings.spaces.models import Space
from organizations.models import Organization


class FeedKind(models.TextChoices):
    MINE = "MINE", _("My bookings")
    SPACE = "SPACE", _("A space")
    ORGANIZATION = "ORGANIZATION", _("An organization")


def new_key() -> str:
    return secrets.token_urlsafe(24)


class Feed(Record):
    """A secret link to a calendar, made by one person with the rights of that person; revoked by deleting the row."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="feeds")
    kind = models.CharField(max_length=12, choices=FeedKind.choices)
    organization = models.ForeignKey(Organization, null=True, on_delete=models.CASCADE, related_name="feeds")
    space = models.ForeignKey(Space, null=True, on_delete=models.CASCADE, related_name="feeds")
    key = models.CharField(max_length=40, unique=True, default=new_key, editable=False)
    last_read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="MINE", organization__isnull=True, space__isnull=True)
                | Q(kind="SPACE", organization__isnull=True, space__isnull=False)
                | Q(kind="ORGANIZATION", organization__isnull=False, space__isnull=True),
                name="feed_of_one_thing",
            ),
            models.UniqueConstraint("user", condition=Q(kind="MINE"), name="feed_one_of_ones_own"),
            models.UniqueConstraint("user", "space", name="feed_one_per_space"),
            models.UniqueConstraint("user", "organization", name="feed_one_per_organization"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.user_id}"
