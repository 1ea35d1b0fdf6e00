"""Lines of conversation and what was said in them."""

from uuid import UUID, uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length, Trim
from django.db.models.lookups import GreaterThan, LessThanOrEqual
from django.utils.translation import gettext as _

from accounts.models import User
from audit.records import Record
from rooms.models import Meeting, Participant

CONTENT_LENGTH = 2000
NAME_LENGTH = 50
EMOJI = ("👍", "👏", "❤️", "😂", "😮", "🎉", "🙏", "👎")  # templates/chat/panel.html offers the same


class Thread(Record):
    """`seq` counts its events; who writes in it holds its row lock.

    The thread of a meeting has the meeting's own id, so whoever is in the meeting knows where its chat is.
    """

    meeting = models.OneToOneField(Meeting, null=True, blank=True, on_delete=models.CASCADE, related_name="thread")
    seq = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(meeting__isnull=True) | Q(meeting=F("id")), name="thread_has_the_id_of_its_meeting"
            ),
        ]

    def __str__(self) -> str:
        return f"Thread {self.pk}"


class MessageType(models.TextChoices):
    TEXT = "TEXT"
    SYSTEM = "SYSTEM"
    FILE = "FILE"


class MessageQuerySet(models.QuerySet["Message"]):
    def visible(self) -> "MessageQuerySet":
        return self.filter(deleted_at__isnull=True)

    def spoken(self) -> "MessageQuerySet":
        """By people; not what the server notes."""
        return self.exclude(type=MessageType.SYSTEM)

    def public(self) -> "MessageQuerySet":
        """For everybody in the thread."""
        return self.filter(is_private=False)

    def readable_by(self, participant: Participant) -> "MessageQuerySet":
        """What this participant may read: not what two others say to each other, whoever asks."""
        return self.filter(Q(is_private=False) | Q(participant=participant) | Q(recipient=participant))

    def readable_later_by(self, user: User) -> "MessageQuerySet":
        """The same for who reads the record with an account."""
        return self.filter(Q(is_private=False) | Q(author=user) | Q(recipient__user=user))

    def in_full(self) -> "MessageQuerySet":
        """With what stands around the words, in a fixed number of queries."""
        around = self.select_related("reply_to", "attachment")
        return around.prefetch_related("mentions", "reactions__participant__user")


class Message(Record):
    """`number` is the thread's `seq` at which it was posted: the order of messages, and the cursor to page by.

    A SYSTEM message's content is a key such as "joined", put into words where it is shown. `author_name` stays when
    the account goes. What was deleted has no content, and keeps its number.

    A private message is for its author and `recipient` alone. `is_private` says so by itself: a recipient who is gone
    does not make it public.
    """

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="messages")
    number = models.PositiveBigIntegerField()
    type = models.CharField(max_length=10, choices=MessageType.choices, default=MessageType.TEXT)
    participant = models.ForeignKey(
        Participant, null=True, blank=True, on_delete=models.SET_NULL, related_name="messages"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="messages"
    )
    author_name = models.CharField(max_length=NAME_LENGTH)
    is_private = models.BooleanField(default=False)
    recipient = models.ForeignKey(
        Participant, null=True, blank=True, on_delete=models.SET_NULL, related_name="private_messages"
    )
    recipient_name = models.CharField(max_length=NAME_LENGTH, blank=True)
    content = models.TextField(max_length=CONTENT_LENGTH)
    reply_to = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replies")
    client_id = models.UUIDField(null=True, blank=True)
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["thread", "number"]
        constraints = [
            models.UniqueConstraint("thread", "number", name="message_number_once_per_thread"),
            models.UniqueConstraint("thread", "participant", "client_id", name="message_once_per_participant"),
            models.UniqueConstraint(
                "thread", "author", "client_id", condition=Q(participant__isnull=True), name="message_once_per_author"
            ),
            models.CheckConstraint(condition=Q(type__in=MessageType.values), name="message_type_known"),
            models.CheckConstraint(
                condition=Q(type="SYSTEM") | Q(client_id__isnull=False), name="message_of_a_person_has_a_client_id"
            ),
            models.CheckConstraint(
                condition=Q(LessThanOrEqual(Length("content"), CONTENT_LENGTH)), name="message_not_too_long"
            ),
            models.CheckConstraint(
                condition=~Q(type="TEXT") | Q(deleted_at__isnull=False) | Q(GreaterThan(Length(Trim("content")), 0)),
                name="message_not_empty",
            ),
            models.CheckConstraint(
                condition=Q(deleted_at__isnull=True) | Q(content=""), name="message_deleted_has_no_content"
            ),
            models.CheckConstraint(
                condition=Q(is_private=True) | Q(recipient__isnull=True, recipient_name=""),
                name="message_with_a_recipient_is_private",
            ),
            models.CheckConstraint(condition=Q(is_private=False) | Q(type="TEXT"), name="message_private_is_text"),
            models.CheckConstraint(
                condition=Q(recipient__isnull=True) | Q(participant__isnull=True) | ~Q(recipient=F("participant")),
                name="message_private_to_somebody_else",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.author_name}: {_('private') if self.is_private else self.content[:60]}"

    def counterpart_of(self, participant: Participant) -> UUID | None:
        """The other one of the two whom a private message concerns, as long as there is a row of theirs."""
        return self.recipient_id if self.participant_id == participant.pk else self.participant_id


def random_name(attachment: "Attachment", name: str) -> str:
    """Nothing of the name it came with."""
    return f"chat/{uuid4().hex}"


class Attachment(Record):
    """The file of a FILE message, whose content is its name."""

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="attachment")
    file = models.FileField(upload_to=random_name)
    name = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=100)

    @property
    def is_picture(self) -> bool:
        return self.content_type.startswith("image/")

    def __str__(self) -> str:
        return self.name


class Mention(Record):
    """Somebody whom a message names with an @, by the name that stands in it."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="mentions")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="mentions")
    name = models.CharField(max_length=NAME_LENGTH)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint("message", "participant", name="mention_once_per_participant")]

    def __str__(self) -> str:
        return f"@{self.name}"


class Reaction(Record):
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="reactions")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="message_reactions")
    emoji = models.CharField(max_length=8)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint("message", "participant", "emoji", name="reaction_once_per_person_and_emoji"),
            models.CheckConstraint(condition=Q(emoji__in=EMOJI), name="reaction_known"),
        ]

    def __str__(self) -> str:
        return f"{self.emoji} on {self.message_id}"


class Reading(Record):
    """How far a participant has read: the number of the last message they saw."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="readings")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="readings")
    number = models.PositiveBigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint("thread", "participant", name="reading_once_per_participant")]

    def __str__(self) -> str:
        return f"{self.participant_id} read {self.number}"
