"""Physical rooms that can be booked."""

import zoneinfo
from collections.abc import Collection
from pathlib import PurePath
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import known_time_zone
from audit.records import Record
from organizations.models import Makers, Organization
from rooms.codes import new_code

DAY = 24 * 60  # minutes
LONGEST_BUFFER = 240  # minutes
FURTHEST = 730  # days


class Amenity(Record):
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="amenities")
    name = models.CharField(_("name"), max_length=50)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "amenities"
        constraints = [
            models.UniqueConstraint("organization", Lower("name"), name="amenity_once_per_organization"),
            models.CheckConstraint(condition=~Q(name=""), name="amenity_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class SpaceQuerySet(models.QuerySet["Space"]):
    def active(self) -> "SpaceQuerySet":
        return self.filter(is_active=True)

    def with_all(self, amenities: Collection[Amenity]) -> "SpaceQuerySet":
        """Those that have every one of these."""
        if not amenities:
            return self
        rows: Any = Space.amenities.through.objects.filter(amenity__in=amenities).values("space")
        return self.filter(pk__in=rows.annotate(n=models.Count("pk")).filter(n=len(amenities)).values("space"))


class Space(Record):
    """Minutes are whole. `horizon_days`: how far ahead it can be booked. `door_key` stands in the secret
    link of its door. Whoever changes which bookings hold it locks this row first, see `bookings.services`.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="spaces")
    name = models.CharField(_("name"), max_length=100)
    building = models.CharField(_("building"), max_length=100, blank=True)
    floor = models.CharField(_("floor"), max_length=50, blank=True)
    description = models.TextField(_("description"), max_length=1000, blank=True)
    capacity = models.PositiveSmallIntegerField(
        _("people"), validators=[MinValueValidator(1), MaxValueValidator(10_000)]
    )
    amenities = models.ManyToManyField(Amenity, blank=True, related_name="spaces", verbose_name=_("amenities"))
    photo = models.ImageField(_("photo"), upload_to="spaces/", blank=True)
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC", validators=[known_time_zone])
    buffer_before = models.PositiveSmallIntegerField(_("minutes before"), default=0)
    buffer_after = models.PositiveSmallIntegerField(_("minutes after"), default=0)
    longest = models.PositiveSmallIntegerField(_("longest booking"), default=8 * 60)
    horizon_days = models.PositiveSmallIntegerField(_("days ahead"), default=365)
    booked_by = models.CharField(_("who may book"), max_length=10, choices=Makers.choices, default=Makers.MEMBERS)
    needs_approval = models.BooleanField(_("needs approval"), default=False)
    is_active = models.BooleanField(_("can be booked"), default=True)
    door_key = models.CharField(max_length=20, unique=True, default=new_code, editable=False)

    objects = SpaceQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint("organization", Lower("name"), name="space_name_once_per_organization"),
            models.CheckConstraint(condition=~Q(name=""), name="space_has_a_name"),
            models.CheckConstraint(condition=Q(capacity__gte=1), name="space_holds_somebody"),
            models.CheckConstraint(
                condition=Q(buffer_before__lte=LONGEST_BUFFER, buffer_after__lte=LONGEST_BUFFER),
                name="space_buffers_in_range",
            ),
            models.CheckConstraint(condition=Q(longest__gte=5, longest__lte=DAY), name="space_longest_in_range"),
            models.CheckConstraint(
                condition=Q(horizon_days__gte=1, horizon_days__lte=FURTHEST), name="space_horizon_in_range"
            ),
            models.CheckConstraint(condition=Q(booked_by__in=Makers.values), name="space_booked_by_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    @property
    def place(self) -> str:
        """Building and floor, as far as they are known."""
        floor = gettext("floor %s") % self.floor if self.floor.isdecimal() else self.floor
        return ", ".join(part for part in (self.building, floor) if part)

    @property
    def photo_version(self) -> str:
        return PurePath(self.photo.name or "").stem[:12]

    @property
    def door_path(self) -> str:
        return f"/door/{self.door_key}/"


class OpeningHours(Record):
    """When a space is open on one weekday (0 is Monday), in minutes of that day. A space without any is always open."""

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="opening_hours")
    weekday = models.PositiveSmallIntegerField()
    opens = models.PositiveSmallIntegerField()
    closes = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["weekday"]
        verbose_name_plural = "opening hours"
        constraints = [
            models.UniqueConstraint("space", "weekday", name="opening_hours_once_per_weekday"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="opening_hours_weekday_known"),
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens"), closes__lte=DAY), name="opening_hours_in_one_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.space_id} {self.weekday}"
