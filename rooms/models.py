"""Rooms, their meetings, and who is or was in them. The database is the room: sockets only carry it."""

import uuid
from datetime import timedelta
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.records import Record
from organizations.models import Organization, Retention
from rooms.codes import new_code
from rooms.schedules.models import Invitee, Schedule  # noqa: F401 - Django looks for models here

SEATS_MIN, SEATS_MAX = 2, 100
SEATS_LIMIT = 1000  # what the database allows at all; beyond SEATS_MAX needs a media cluster


def _count_of(rows: QuerySet[Any], group: str) -> Coalesce:
    """How many rows there are for each outer row, as one subquery: joins would multiply."""
    counted = rows.order_by().values(group).annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)


class RoomQuerySet(models.QuerySet["Room"]):
    def open(self) -> "RoomQuerySet":
        return self.filter(is_active=True)

    def hosted_by(self, user: Any) -> "RoomQuerySet":
        return self.filter(host=user)

    def with_people_inside(self) -> "RoomQuerySet":
        """Adds `people_inside`: how many are in the call now."""
        inside = Participant.objects.admitted().filter(meeting__room=OuterRef("pk"), meeting__state=MeetingState.ACTIVE)
        return self.annotate(people_inside=_count_of(inside, "meeting__room"))


class Room(Record):
    """A place that stays, of its host or an organization. Whoever has the code may ask to come in: it is a secret."""

    code = models.CharField(max_length=20, unique=True, default=new_code, editable=False)
    name = models.CharField(_("room name"), max_length=100)
    host = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="rooms")
    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.CASCADE, related_name="rooms"
    )
    is_active = models.BooleanField(default=True)
    is_locked = models.BooleanField(default=False)
    is_listed = models.BooleanField(default=True)  # unless made for planned meetings, and shown with them
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = RoomQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def default_name() -> str:
        return gettext("Meeting room")

    @staticmethod
    def join_path_of(code: str) -> str:
        """What follows the server's address in an invite link."""
        return f"/join/{code}/"

    @property
    def join_path(self) -> str:
        return self.join_path_of(self.code)


class WaitingRoom(models.TextChoices):
    OFF = "OFF", _("Off")
    GUESTS = "GUESTS", _("Guests")
    EVERYONE = "EVERYONE", _("Everyone")


class Engine(models.TextChoices):
    AUTO = "AUTO", _("Automatic")
    MESH = "MESH", _("Direct")
    RELAY = "RELAY", _("Relay")


class WithoutHost(models.TextChoices):
    CONTINUE = "CONTINUE", _("The meeting goes on")
    END = "END", _("The meeting ends after two minutes")


class RoomSettings(Record):
    room = models.OneToOneField(Room, on_delete=models.CASCADE, related_name="settings")
    waiting_room = models.CharField(
        _("Waiting room"), max_length=10, choices=WaitingRoom.choices, default=WaitingRoom.OFF
    )
    waiting_message = models.CharField(_("Message for people who wait"), max_length=200, blank=True)
    wait_for_host = models.BooleanField(_("Wait for the host"), default=False)
    allow_chat = models.BooleanField(_("Allow chat"), default=True)
    allow_screen_share = models.BooleanField(_("Allow screen sharing"), default=True)
    allow_reactions = models.BooleanField(_("Allow reactions"), default=True)
    allow_files = models.BooleanField(_("Allow files"), default=True)
    allow_private_messages = models.BooleanField(_("Allow private messages"), default=True)
    allow_guest_access = models.BooleanField(_("Allow guests"), default=True)
    allow_unmute = models.BooleanField(_("Allow unmuting"), default=True)
    allow_camera = models.BooleanField(_("Allow cameras"), default=True)
    mute_participants_on_join = models.BooleanField(_("Mute participants on join"), default=False)
    camera_off_on_join = models.BooleanField(_("Cameras off on join"), default=False)
    max_participants = models.PositiveSmallIntegerField(
        _("Maximum participants"),
        default=50,
        validators=[MinValueValidator(SEATS_MIN), MaxValueValidator(SEATS_MAX)],
    )
    only_when_scheduled = models.BooleanField(_("Open only at scheduled times"), default=False)
    show_participants_before_join = models.BooleanField(_("Show participants before joining"), default=True)
    engine = models.CharField(_("Media"), max_length=10, choices=Engine.choices, default=Engine.AUTO)
    without_host = models.CharField(
        _("When no host is left"), max_length=10, choices=WithoutHost.choices, default=WithoutHost.CONTINUE
    )
    records_kept = models.PositiveSmallIntegerField(  # days; 0 is for ever
        _("Keep meeting records"), choices=Retention.choices, default=Retention.FOREVER
    )

    class Meta:
        verbose_name_plural = "room settings"
        constraints = [
            models.CheckConstraint(
                condition=Q(max_participants__gte=SEATS_MIN, max_participants__lte=SEATS_LIMIT),
                name="room_settings_seats_in_range",
            ),
            models.CheckConstraint(
                condition=Q(waiting_room__in=WaitingRoom.values), name="room_settings_waiting_room_known"
            ),
            models.CheckConstraint(condition=Q(engine__in=Engine.values), name="room_settings_engine_known"),
            models.CheckConstraint(
                condition=Q(without_host__in=WithoutHost.values), name="room_settings_without_host_known"
            ),
            models.CheckConstraint(
                condition=Q(records_kept__in=Retention.values), name="room_settings_records_kept_known"
            ),
        ]

    def __str__(self) -> str:
        return f"Settings of {self.room_id}"


SWITCHES = tuple(field.name for field in RoomSettings._meta.fields if isinstance(field, models.BooleanField))
HOSTLESS_FOR = timedelta(minutes=2)  # after which a meeting without a host ends, where the room says so


class MeetingState(models.TextChoices):
    SCHEDULED = "SCHEDULED", _("Scheduled")
    ACTIVE = "ACTIVE", _("Active")
    ENDED = "ENDED", _("Ended")


class EndedReason(models.TextChoices):
    HOST = "HOST", _("The host ended the meeting")
    EMPTY = "EMPTY", _("Everyone left")
    CANCELLED = "CANCELLED", _("The meeting was cancelled")
    NOT_HELD = "NOT_HELD", _("Nobody came")
    NO_HOST = "NO_HOST", _("No host came back")
    ROOM_CLOSED = "ROOM_CLOSED", _("The room was closed")
    ADMINISTRATOR = "ADMINISTRATOR", _("An administrator ended the meeting")


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def active(self) -> "MeetingQuerySet":
        return self.filter(state=MeetingState.ACTIVE)

    def empty_since(self, moment: Any) -> "MeetingQuerySet":
        return self.active().filter(empty_since__lte=moment)

    def hostless_since(self, moment: Any) -> "MeetingQuerySet":
        return self.active().filter(hostless_since__lte=moment)

    def begun(self) -> "MeetingQuerySet":
        return self.filter(started_at__isnull=False)

    def hosted_or_attended_by(self, user: Any) -> "MeetingQuerySet":
        attended = Participant.objects.attended().filter(meeting=OuterRef("pk"), user=user)
        return self.filter(Q(room__host=user) | Exists(attended))

    def with_attendance(self) -> "MeetingQuerySet":
        """Adds `attendance`: how many people were let in so far."""
        return self.annotate(
            attendance=_count_of(Participant.objects.attended().filter(meeting=OuterRef("pk")), "meeting")
        )


class Meeting(Record):
    """One time that a room is in use. `seq` counts its events; whoever changes what people see holds its row lock.

    `hostless_since`: when the last host left, in a room whose meetings then end. `is_suspended`: nobody but hosts sends
    sound or picture, and nobody writes. `engine`: how media travels now, MESH or RELAY.
    """

    room = models.ForeignKey(Room, null=True, on_delete=models.CASCADE, related_name="meetings")
    title = models.CharField(max_length=100, blank=True)
    external_url = models.URLField(max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=MeetingState.choices, default=MeetingState.ACTIVE)
    scheduled_starts_at = models.DateTimeField(null=True, blank=True)
    scheduled_ends_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_reason = models.CharField(max_length=20, choices=EndedReason.choices, blank=True)
    empty_since = models.DateTimeField(null=True, blank=True)
    hostless_since = models.DateTimeField(null=True, blank=True)
    is_suspended = models.BooleanField(default=False)
    engine = models.CharField(max_length=10, choices=Engine.choices, default=Engine.MESH)
    seq = models.PositiveBigIntegerField(default=0)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint("room", condition=Q(state="ACTIVE"), name="meeting_one_active_per_room"),
            models.CheckConstraint(condition=Q(state__in=MeetingState.values), name="meeting_state_known"),
            models.CheckConstraint(condition=Q(engine__in=["MESH", "RELAY"]), name="meeting_engine_known"),
            models.CheckConstraint(
                condition=~Q(state="ENDED") | Q(ended_at__isnull=False), name="meeting_ended_has_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.started_at:%Y-%m-%d %H:%M}" if self.started_at else self.name

    @property
    def name(self) -> str:
        return self.title or (self.room.name if self.room else "")

    @property
    def is_active(self) -> bool:
        return self.state == MeetingState.ACTIVE

    @property
    def duration(self) -> Any:
        return (self.ended_at or timezone.now()) - (self.started_at or self.created_at)


class Role(models.TextChoices):
    HOST = "HOST", _("Host")
    COHOST = "COHOST", _("Co-host")
    PARTICIPANT = "PARTICIPANT", _("Participant")
    GUEST = "GUEST", _("Guest")


HOSTING = (Role.HOST, Role.COHOST)


class ParticipantState(models.TextChoices):
    WAITING = "WAITING", _("Waiting")
    ADMITTED = "ADMITTED", _("Admitted")
    DENIED = "DENIED", _("Denied")
    REMOVED = "REMOVED", _("Removed")
    LEFT = "LEFT", _("Left")


class ParticipantQuerySet(models.QuerySet["Participant"]):
    def admitted(self) -> "ParticipantQuerySet":
        return self.filter(state=ParticipantState.ADMITTED)

    def waiting(self) -> "ParticipantQuerySet":
        """Who stands in front of the door, in the order in which they asked."""
        return self.filter(state=ParticipantState.WAITING).order_by("asked_at", "pk")

    def attended(self) -> "ParticipantQuerySet":
        """Who was let in at least once, wherever they are now."""
        return self.filter(Exists(Attendance.objects.filter(participant=OuterRef("pk"))))


class Participant(Record):
    """A seat: one person in one meeting. `seat_hash` is SHA-256 of a guest's seat token.

    `let_in`: was admitted to this meeting, so the waiting room is not for them any more. `named_by_host`: what a guest
    types at the door does not change the name. `in_spotlight`: shown large to all.
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="participants")
    user = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="participations",
    )
    guest_name = models.CharField(max_length=50, blank=True)
    seat_hash = models.CharField(max_length=64, null=True, blank=True, editable=False)  # noqa: DJ001 - unique where set
    role = models.CharField(max_length=12, choices=Role.choices)
    state = models.CharField(max_length=10, choices=ParticipantState.choices)
    microphone_on = models.BooleanField(default=False)
    camera_on = models.BooleanField(default=False)
    screen_on = models.BooleanField(default=False)
    hand_raised_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    let_in = models.BooleanField(default=False)
    named_by_host = models.BooleanField(default=False)
    in_spotlight = models.BooleanField(default=False)

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint("meeting", "user", name="participant_once_per_user"),
            models.UniqueConstraint("meeting", "seat_hash", name="participant_once_per_seat"),
            models.UniqueConstraint("meeting", condition=Q(role="HOST"), name="participant_one_host"),
            models.UniqueConstraint(
                "meeting", condition=Q(screen_on=True, state="ADMITTED"), name="participant_one_presenter"
            ),
            models.UniqueConstraint("meeting", condition=Q(in_spotlight=True), name="participant_one_in_spotlight"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="participant_role_known"),
            models.CheckConstraint(condition=Q(state__in=ParticipantState.values), name="participant_state_known"),
        ]
        indexes = [models.Index(fields=["meeting", "state"])]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.user.display_name if self.user else self.guest_name

    @property
    def is_hosting(self) -> bool:
        return self.role in HOSTING

    @property
    def owns_room(self) -> bool:
        room = self.meeting.room
        return room is not None and self.user_id is not None and room.host_id == self.user_id


class Hand(Record):
    """One raising of a participant's hand, for the record; `Participant.hand_raised_at` is what holds now."""

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="hands")
    raised_at = models.DateTimeField()
    lowered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["raised_at"]
        constraints = [
            models.UniqueConstraint("participant", condition=Q(lowered_at__isnull=True), name="hand_one_raised")
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} from {self.raised_at:%H:%M}"


class Attendance(Record):
    """One stay of a participant."""

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="stays")
    joined_at = models.DateTimeField(default=timezone.now)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["joined_at"]
        verbose_name_plural = "attendance"
        constraints = [
            models.UniqueConstraint("participant", condition=Q(left_at__isnull=True), name="attendance_one_open_stay")
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} from {self.joined_at:%H:%M}"


class ConnectionQuerySet(models.QuerySet["Connection"]):
    def expired(self) -> "ConnectionQuerySet":
        return self.filter(expires_at__lte=timezone.now())

    def live(self) -> "ConnectionQuerySet":
        return self.filter(is_open=True, expires_at__gt=timezone.now())


class Connection(Record):
    """The call's socket of a participant: at most one, renewed by the client, kept for a while after a drop.

    `seq` is the meeting's event at which it came; between two people the later one offers media.
    """

    participant = models.OneToOneField(Participant, on_delete=models.CASCADE, related_name="connection")
    token = models.UUIDField(default=uuid.uuid4)
    session_key = models.CharField(max_length=40, blank=True, editable=False)
    seq = models.PositiveBigIntegerField()
    is_open = models.BooleanField(default=True)
    expires_at = models.DateTimeField(db_index=True)

    objects = ConnectionQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Connection of {self.participant_id}"
