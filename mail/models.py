"""The outbox: mail as it will be sent, written with the change it tells of."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.records import Record


class MailState(models.TextChoices):
    PENDING = "PENDING", _("Pending")
    SENT = "SENT", _("Sent")
    FAILED = "FAILED", _("Failed")


class Method(models.TextChoices):
    """What a calendar file asks for (RFC 5546)."""

    NONE = "", _("None")
    PUBLISH = "PUBLISH", _("Publish")
    REQUEST = "REQUEST", _("Request")
    CANCEL = "CANCEL", _("Cancel")


class MailQuerySet(models.QuerySet["Mail"]):
    def pending(self) -> "MailQuerySet":
        return self.filter(state=MailState.PENDING)

    def about(self, entity: models.Model) -> "MailQuerySet":
        return self.filter(entity=entity._meta.label_lower, entity_id=str(entity.pk))

    def by_state(self) -> dict[str, int]:
        counted = dict(self.order_by().values_list("state").annotate(models.Count("pk")))
        return {state: counted.get(state, 0) for state in MailState.values}


class Mail(Record):
    """To one person. `kind` is the sender's word for it, `entity` and `entity_id` say what it is about.

    Of those with the same `key` there is one. What it says holds secret links, and is emptied when it is sent, or
    given up and not tried again in time.
    """

    recipient = models.EmailField()
    kind = models.CharField(max_length=40)
    entity = models.CharField(max_length=60, blank=True)
    entity_id = models.CharField(max_length=40, blank=True)
    key = models.CharField(max_length=200, null=True, unique=True)  # noqa: DJ001 - empty ones are no twins
    subject = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    calendar = models.TextField(blank=True)
    method = models.CharField(max_length=10, choices=Method.choices, blank=True)
    reply_to = models.EmailField(blank=True)
    state = models.CharField(max_length=10, choices=MailState.choices, default=MailState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(_("last error"), max_length=300, blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        ordering = ["created_at"]
        verbose_name_plural = _("mail")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=MailState.values), name="mail_state_known"),
            models.CheckConstraint(condition=Q(method__in=Method.values), name="mail_method_known"),
            models.CheckConstraint(condition=Q(calendar="") | ~Q(method=""), name="mail_calendar_has_a_method"),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(state="PENDING"), name="mail_due"),
            models.Index(fields=["entity", "entity_id", "recipient"], name="mail_about"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.recipient}"
