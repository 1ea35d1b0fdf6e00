"""Meetings that are planned in a room, who is invited, and the mail that tells them."""

import uuid
import zoneinfo
from typing import Any

from allauth.account.models import EmailAddress
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.records import Record


class Reminder(models.IntegerChoices):
    """Minutes before the start."""

    NONE = 0, _("None")
    TEN_MINUTES = 10, _("10 minutes before")
    HOUR = 60, _("1 hour before")
    DAY = 1440, _("1 day before")


class ScheduleQuerySet(models.QuerySet["Schedule"]):
    def standing(self) -> "ScheduleQuerySet":
        """Not cancelled, and not over."""
        return self.filter(cancelled_at__isnull=True, over_at__gt=timezone.now())

    def for_person(self, user: User) -> "ScheduleQuerySet":
        """Organized by this person, or with an invitation to their address.

        An invitation carries a room's secret link, so whoever merely claims an address is not shown it.
        """
        invited = Invitee.objects.filter(schedule=OuterRef("pk"), email=user.email.lower())
        proven = EmailAddress.objects.filter(user=user, verified=True, email__iexact=user.email)
        return self.filter(Q(organizer=user) | (Q(Exists(invited)) & Q(Exists(proven))))


class Schedule(Record):
    """A time, or a series of times, at which people meet in a room. Occurrences are computed, see `times`.

    `rrule` is RFC 5545 text without its name, empty for a single meeting; a series keeps its time of day in
    `time_zone`. `over_at` is the end of the last occurrence. `sequence` counts what invitees were told.
    """

    room = models.ForeignKey("rooms.Room", on_delete=models.CASCADE, related_name="schedules")
    organizer = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="schedules")
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0)
    title = models.CharField(max_length=100)
    note = models.TextField(max_length=1000, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    time_zone = models.CharField(max_length=60)
    rrule = models.CharField(max_length=200, blank=True)
    over_at = models.DateTimeField(db_index=True)
    reminder = models.PositiveSmallIntegerField(choices=Reminder.choices, default=Reminder.NONE)
    next_reminder_at = models.DateTimeField(null=True, blank=True, db_index=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = ScheduleQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="schedule_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(over_at__gte=F("ends_at")), name="schedule_over_after_its_first_end"),
            models.CheckConstraint(condition=Q(reminder__in=Reminder.values), name="schedule_reminder_known"),
            models.CheckConstraint(condition=~Q(title=""), name="schedule_has_a_title"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None

    @property
    def organizer_name(self) -> str:
        return self.organizer.display_name if self.organizer else ""


class Invitee(Record):
    """An address that is told of a schedule; lower case, so that one person is one row."""

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="invitees")
    email = models.EmailField()

    class Meta:
        ordering = ["email"]
        constraints = [models.UniqueConstraint("schedule", "email", name="invitee_once_per_schedule")]
        indexes = [models.Index(fields=["email"])]

    def __str__(self) -> str:
        return self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.lower()
        super().save(*args, **kwargs)


class NoticeKind(models.TextChoices):
    INVITATION = "INVITATION", _("Invitation")
    UPDATE = "UPDATE", _("Update")
    CANCELLATION = "CANCELLATION", _("Cancellation")
    REMINDER = "REMINDER", _("Reminder")
