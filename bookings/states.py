"""The life of a booking, as one table. Imports nothing of ours."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BookingState(models.TextChoices):
    HELD = "HELD", _("Held")  # while somebody fills in the form
    PENDING = "PENDING", _("Waiting for approval")
    CONFIRMED = "CONFIRMED", _("Confirmed")
    CHECKED_IN = "CHECKED_IN", _("Checked in")
    COMPLETED = "COMPLETED", _("Over")
    CANCELLED = "CANCELLED", _("Cancelled")
    DECLINED = "DECLINED", _("Declined")
    RELEASED = "RELEASED", _("Released")


S = BookingState
NEXT: dict[BookingState, frozenset[BookingState]] = {
    S.HELD: frozenset({S.PENDING, S.CONFIRMED, S.CANCELLED}),
    S.PENDING: frozenset({S.PENDING, S.CONFIRMED, S.DECLINED, S.CANCELLED}),
    S.CONFIRMED: frozenset({S.PENDING, S.CHECKED_IN, S.COMPLETED, S.CANCELLED, S.RELEASED}),
    S.CHECKED_IN: frozenset({S.COMPLETED, S.CANCELLED}),
    S.COMPLETED: frozenset(),
    S.CANCELLED: frozenset(),
    S.DECLINED: frozenset(),
    S.RELEASED: frozenset(),
}
HOLDING = (S.HELD, S.PENDING, S.CONFIRMED, S.CHECKED_IN, S.COMPLETED)  # keep others out of the space
STANDING = (S.PENDING, S.CONFIRMED, S.CHECKED_IN)  # may still change
