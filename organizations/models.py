"""Who belongs together: organizations, their members and who is invited to become one."""

import hashlib
import uuid
from pathlib import PurePath

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.records import Record

SLUG_LONGEST = 100
well_formed_slug = RegexValidator(
    r"\A[a-z0-9]+(-[a-z0-9]+)*\Z", _("Use small letters, digits and single hyphens."), code="slug.malformed"
)
well_formed_color = RegexValidator(r"\A#[0-9a-f]{6}\Z", _("Choose a colour like #0b6e4f."), code="color.malformed")


class MembershipRole(models.TextChoices):
    ADMIN = "ADMIN", _("Administrator")
    MEMBER = "MEMBER", _("Member")
    VIEWER = "VIEWER", _("Viewer")


class Makers(models.TextChoices):
    """Who may make something new. Viewers never do."""

    ADMINS = "ADMINS", _("Administrators")
    MEMBERS = "MEMBERS", _("Administrators and members")


class Retention(models.IntegerChoices):
    """Days."""

    MONTH = 30, _("30 days")
    QUARTER = 90, _("90 days")
    YEAR = 365, _("One year")
    FOREVER = 0, _("Until they are deleted")


class Organization(Record):
    """`slug` stands in addresses. `logo` and `accent_color` are what guests see at the door of its rooms.

    `bookings_per_person`: how many bookings that are not over one member may have; 0 is any number.
    """

    name = models.CharField(_("name"), max_length=255)
    slug = models.CharField(_("address"), max_length=SLUG_LONGEST, unique=True, validators=[well_formed_slug])
    logo = models.ImageField(_("logo"), upload_to="logos/", blank=True)
    accent_color = models.CharField(_("accent colour"), max_length=7, blank=True, validators=[well_formed_color])
    records_kept = models.PositiveSmallIntegerField(
        _("Keep meeting records and bookings"), choices=Retention.choices, default=Retention.FOREVER
    )
    rooms_made_by = models.CharField(
        _("Who may create rooms"), max_length=10, choices=Makers.choices, default=Makers.MEMBERS
    )
    bookings_made_by = models.CharField(
        _("Who may book spaces"), max_length=10, choices=Makers.choices, default=Makers.MEMBERS
    )
    bookings_per_person = models.PositiveSmallIntegerField(_("Bookings per person"), default=100)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="organization_has_a_name"),
            models.CheckConstraint(condition=~Q(slug=""), name="organization_has_an_address"),
            models.CheckConstraint(
                condition=Q(records_kept__in=Retention.values), name="organization_records_kept_known"
            ),
            models.CheckConstraint(
                condition=Q(rooms_made_by__in=Makers.values), name="organization_rooms_made_by_known"
            ),
            models.CheckConstraint(
                condition=Q(bookings_made_by__in=Makers.values), name="organization_bookings_made_by_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def logo_version(self) -> str:
        return PurePath(self.logo.name or "").stem[:12]


class MembershipQuerySet(models.QuerySet["Membership"]):
    def admins(self) -> "MembershipQuerySet":
        """Those who can sign in, and so act."""
        return self.select_related("user").filter(role=MembershipRole.ADMIN, user__is_active=True)


class Membership(Record):
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=MembershipRole.choices, default=MembershipRole.MEMBER)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["user__display_name"]
        constraints = [
            models.UniqueConstraint("organization", "user", name="membership_once_per_person"),
            models.CheckConstraint(condition=Q(role__in=MembershipRole.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.organization_id}"

    @property
    def is_admin(self) -> bool:
        return self.role == MembershipRole.ADMIN

    @property
    def is_viewer(self) -> bool:
        return self.role == MembershipRole.VIEWER

    def may_make(self, makers: str) -> bool:
        return self.is_admin or (makers == Makers.MEMBERS and not self.is_viewer)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> "InvitationQuerySet":
        """Neither taken up nor too old."""
        return self.filter(accepted_at__isnull=True, expires_at__gt=timezone.now())


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class Invitation(Record):
    """Membership offered to an address, lower case. `token_hash` is SHA-256 of what stands in the mail's link.

    A new one to the same address replaces the one before; one that was taken up stays, as history.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=10, choices=MembershipRole.choices, default=MembershipRole.MEMBER)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                "organization",
                "email",
                condition=Q(accepted_at__isnull=True),
                name="invitation_one_open_per_address",
            ),
            models.CheckConstraint(condition=Q(role__in=MembershipRole.values), name="invitation_role_known"),
        ]

    def __str__(self) -> str:
        return str(uuid.UUID(str(self.pk)))

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.expires_at > timezone.now()


class ExportState(models.TextChoices):
    PENDING = "PENDING", _("Pending")
    READY = "READY", _("Ready")
    FAILED = "FAILED", _("Failed")


class Export(Record):
    """A copy of everything, made in the background: `done` of `total` kinds. It is there until `expires_at`."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="exports")
    requested_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=10, choices=ExportState.choices, default=ExportState.PENDING)
    done = models.PositiveSmallIntegerField(default=0)
    total = models.PositiveSmallIntegerField(default=0)
    file = models.FileField(upload_to="exports/", blank=True)
    size = models.PositiveBigIntegerField(default=0)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ExportState.values), name="export_state_known"),
            models.CheckConstraint(condition=~Q(state="READY") | ~Q(file=""), name="export_ready_has_a_file"),
            models.UniqueConstraint("organization", condition=Q(state="PENDING"), name="export_one_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} at {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def is_pending(self) -> bool:
        return self.state == ExportState.PENDING

    @property
    def is_ready(self) -> bool:
        return self.state == ExportState.READY
