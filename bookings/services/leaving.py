"""Somebody who leaves an organization leaves what they booked there to an administrator."""

from django.db import transaction
from django.db.models import F

from accounts.models import User
from audit.actions import Action
from audit.services import record
from bookings import signals
from bookings.models import Booking, Series
from bookings.services.locking import locked_membership
from bookings.states import BookingState
from organizations.models import Membership


@transaction.atomic
def hand_over(*, membership: Membership, heir: User | None) -> None:
    """What is still to come; what is over keeps its organizer. Holds go."""
    locked_membership(membership.organization_id, membership.user)  # whoever books for them is done, or waits
    theirs = Booking.objects.filter(organization=membership.organization_id, organizer=membership.user_id)
    theirs.filter(state=BookingState.HELD).delete()
    standing = theirs.standing()
    series = Series.objects.filter(bookings__in=standing)
    keys = list(series.values_list("pk", flat=True))
    Series.objects.filter(pk__in=keys).update(organizer=heir, idempotency_key=None, sequence=F("sequence") + 1)
    handed = list(standing.order_by("pk").select_for_update())
    for booking in handed:
        booking.organizer, booking.idempotency_key = heir, None
        booking.version += 1
        booking.sequence += 1
        booking.save(update_fields=["organizer", "idempotency_key", "version", "sequence", "updated_at"])
        record(
            action=Action.BOOKING_CHANGED,
            entity=booking,
            organization=booking.organization_id,
            organizer=[str(membership.user_id), str(heir.pk) if heir else ""],
        )
    if handed:
        signals.bookings_handed_over.send(sender=Booking, bookings=handed, leaver=membership.user)
