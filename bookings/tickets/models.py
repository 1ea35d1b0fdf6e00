"""What is broken or missing, in a space or anywhere, until it is not any more."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.records import Record
from bookings.spaces.models import Space
from organizations.models import Organization


class TicketState(models.TextChoices):
    OPEN = "OPEN", _("Open")
    IN_PROGRESS = "IN_PROGRESS", _("In progress")
    RESOLVED = "RESOLVED", _("Resolved")
    CLOSED = "CLOSED", _("Closed")


T = TicketState
NEXT: dict[TicketState, frozenset[TicketState]] = {
    T.OPEN: frozenset({T.IN_PROGRESS, T.RESOLVED, T.CLOSED}),
    T.IN_PROGRESS: frozenset({T.OPEN, T.RESOLVED, T.CLOSED}),
    T.RESOLVED: frozenset({T.OPEN, T.CLOSED}),
    T.CLOSED: frozenset({T.OPEN}),
}


UNSOLVED = (T.OPEN, T.IN_PROGRESS)
SOLVED = (T.RESOLVED, T.CLOSED)


class TicketQuerySet(models.QuerySet["Ticket"]):
    def blocking(self) -> "TicketQuerySet":
        """Those for which a space can't be used now."""
        return self.filter(is_blocking=True, space__isnull=False, state__in=UNSOLVED)


class Ticket(Record):
    """`is_blocking`: the space can't be used as it is. `facts`: what the reporter agreed to send of device and
    connection. `reporter` is null for somebody at the door, who may have left a name, and for an account that is gone.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="tickets")
    space = models.ForeignKey(Space, null=True, blank=True, on_delete=models.SET_NULL, related_name="tickets")
    number = models.PositiveIntegerField()
    title = models.CharField(_("title"), max_length=150)
    description = models.TextField(_("description"), max_length=4000, blank=True)
    photo = models.ImageField(_("photo"), upload_to="tickets/", blank=True)
    reporter = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="tickets")
    reporter_name = models.CharField(max_length=50, blank=True)
    assignee = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=12, choices=TicketState.choices, default=TicketState.OPEN)
    is_blocking = models.BooleanField(_("blocks the space"), default=False)
    facts = models.JSONField(default=dict, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = TicketQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint("organization", "number", name="ticket_number_once_per_organization"),
            models.CheckConstraint(condition=~Q(title=""), name="ticket_has_a_title"),
            models.CheckConstraint(condition=Q(state__in=TicketState.values), name="ticket_state_known"),
        ]
        indexes = [models.Index(fields=["organization", "state"])]

    def __str__(self) -> str:
        return f"#{self.number} {self.title}"

    @property
    def is_solved(self) -> bool:
        return self.state in SOLVED

    @property
    def blocks(self) -> bool:
        """Like `TicketQuerySet.blocking`."""
        return self.is_blocking and self.space_id is not None and not self.is_solved


class TicketEntry(Record):
    """One line of a ticket's history: a comment, or what changed, `{"state": ["OPEN", "RESOLVED"]}`."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="entries")
    author = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    author_name = models.CharField(max_length=50, blank=True)
    comment = models.TextField(max_length=4000, blank=True)
    changes = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["created_at"]
        verbose_name_plural = "ticket entries"

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.created_at:%Y-%m-%d %H:%M}"
