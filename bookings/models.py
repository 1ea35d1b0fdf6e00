"""Spaces held for half-open times `[starts_at, ends_at)`, and who comes."""

import uuid
import zoneinfo
from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.records import Record
from bookings.feeds.models import Feed  # noqa: F401 - Django looks for models here
from bookings.spaces.models import Amenity, OpeningHours, Space  # noqa: F401
from bookings.states import STANDING, BookingState
from bookings.tickets.models import Ticket, TicketEntry  # noqa: F401
from organizations.models import Organization
from rooms.models import Meeting
from rooms.schedules.models import Reminder

LONGEST = timedelta(hours=24)


class Series(Record):
    """A rule from which bookings were made, in the zone of the space. `rrule` is RFC 5545 text without its name.

    Each occurrence is a row of its own, so nothing is ever computed from the rule again except calendar files.
    `excluded`: starts that the rule has and no booking, ISO 8601 in UTC.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="series")
    organizer = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="series")
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    time_zone = models.CharField(max_length=60)
    rrule = models.CharField(max_length=200)
    excluded = models.JSONField(default=list, blank=True)
    idempotency_key = models.CharField(max_length=64, null=True, blank=True, editable=False)  # noqa: DJ001 - unique where set

    class Meta:
        verbose_name_plural = "series"
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="series_ends_after_it_starts"),
            models.CheckConstraint(condition=~Q(rrule=""), name="series_has_a_rule"),
            models.UniqueConstraint("organizer", "idempotency_key", name="series_once_per_key"),
        ]

    def __str__(self) -> str:
        return str(self.uid)

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)


class BookingQuerySet(models.QuerySet["Booking"]):
    def standing(self) -> "BookingQuerySet":
        """Agreed or asked for, and not over."""
        return self.filter(state__in=STANDING, ends_at__gt=timezone.now())

    def within(self, begin: Any, end: Any) -> "BookingQuerySet":
        return self.filter(starts_at__lt=end, ends_at__gt=begin)


class Booking(Record):
    """`sequence` counts what attendees were told (RFC 5545), `version` every change; forms and calls carry the version
    they saw. `people`: how many are expected. `is_private`: others read *Busy*. `held_until`: of a hold.
    `original_starts_at`: the start that its series gave it, by which calendars know it (RECURRENCE-ID).
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="bookings")
    organizer = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="bookings")
    spaces: "models.ManyToManyField[Space, Slot]" = models.ManyToManyField(
        Space, through="Slot", related_name="bookings"
    )
    meeting = models.OneToOneField(Meeting, null=True, blank=True, on_delete=models.SET_NULL, related_name="booking")
    series = models.ForeignKey(Series, null=True, blank=True, on_delete=models.CASCADE, related_name="bookings")
    original_starts_at = models.DateTimeField(null=True, blank=True)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=12, choices=BookingState.choices)
    title = models.CharField(_("title"), max_length=100)
    description = models.TextField(_("description"), max_length=2000, blank=True)
    is_private = models.BooleanField(_("private"), default=False)
    people = models.PositiveSmallIntegerField(_("people"), default=1)
    needs = models.ManyToManyField(Amenity, blank=True, related_name="+")
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    reminder = models.PositiveSmallIntegerField(choices=Reminder.choices, default=Reminder.NONE)
    held_until = models.DateTimeField(null=True, blank=True)
    checked_in_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)  # cancelled, declined, released or ended early
    idempotency_key = models.CharField(max_length=64, null=True, blank=True, editable=False)  # noqa: DJ001 - unique where set

    objects = BookingQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="booking_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(ends_at__lte=F("starts_at") + LONGEST), name="booking_within_a_day"),
            models.CheckConstraint(condition=Q(state__in=BookingState.values), name="booking_state_known"),
            models.CheckConstraint(condition=Q(people__gte=1), name="booking_expects_somebody"),
            models.CheckConstraint(condition=Q(reminder__in=Reminder.values), name="booking_reminder_known"),
            models.CheckConstraint(
                condition=~Q(state="HELD") | Q(held_until__isnull=False), name="booking_held_for_a_while"
            ),
            models.CheckConstraint(condition=Q(state="HELD") | ~Q(title=""), name="booking_has_a_title"),
            models.CheckConstraint(
                condition=~Q(state="CHECKED_IN") | Q(checked_in_at__isnull=False), name="booking_checked_in_at_a_time"
            ),
            models.UniqueConstraint("organizer", "idempotency_key", name="booking_once_per_key"),
            models.UniqueConstraint("series", "original_starts_at", name="booking_once_per_occurrence"),
        ]
        indexes = [
            models.Index(fields=["organization", "starts_at"]),
            models.Index(fields=["state", "starts_at"]),
            models.Index(fields=["organizer", "ends_at"]),
        ]

    def __str__(self) -> str:
        return self.title or str(uuid.UUID(str(self.pk)))

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """Of its (first) space."""
        spaces = self.spaces.all()
        return spaces[0].zone if spaces else zoneinfo.ZoneInfo("UTC")

    @property
    def places(self) -> str:
        return ", ".join(space.name for space in self.spaces.all())

    @property
    def organizer_name(self) -> str:
        return self.organizer.display_name if self.organizer else ""

    @property
    def is_pending(self) -> bool:
        return self.state == BookingState.PENDING


class Slot(Record):
    """A space held by a booking, with its buffers, for `[blocked_from, blocked_until)`.

    No two that are `is_held` overlap in one space: an exclusion constraint on PostgreSQL, triggers on SQLite, see
    migration 0002. A migration that alters this table makes SQLite build it anew: it has to lay the triggers again.
    """

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="slots")
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="slots")
    blocked_from = models.DateTimeField()
    blocked_until = models.DateTimeField()
    is_held = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("booking", "space", name="slot_once_per_booking"),
            models.CheckConstraint(condition=Q(blocked_until__gt=F("blocked_from")), name="slot_ends_after_it_starts"),
        ]
        indexes = [models.Index(fields=["space", "blocked_from"], condition=Q(is_held=True), name="slot_held")]

    def __str__(self) -> str:
        return f"{self.space_id} from {self.blocked_from:%Y-%m-%d %H:%M}"


class Answer(models.TextChoices):
    """PARTSTAT of RFC 5545."""

    NEEDS_ACTION = "NEEDS-ACTION", _("No answer yet")
    ACCEPTED = "ACCEPTED", _("Yes")
    TENTATIVE = "TENTATIVE", _("Maybe")
    DECLINED = "DECLINED", _("No")


class Attendee(Record):
    """An address that is invited, lower case, with an account or without."""

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="attendees")
    email = models.EmailField()
    answer = models.CharField(max_length=12, choices=Answer.choices, default=Answer.NEEDS_ACTION)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["email"]
        constraints = [
            models.UniqueConstraint("booking", "email", name="attendee_once_per_booking"),
            models.CheckConstraint(condition=Q(answer__in=Answer.values), name="attendee_answer_known"),
        ]
        indexes = [models.Index(fields=["email"])]

    def __str__(self) -> str:
        return self.email
