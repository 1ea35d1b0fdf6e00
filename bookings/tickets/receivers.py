"""A photo goes with its row, and what somebody was to see to does not go with them."""

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

from bookings.tickets import services
from bookings.tickets.models import Ticket
from organizations.models import Membership
from organizations.signals import membership_ended


@receiver(post_delete, sender=Ticket)
def delete_photo(sender: Any, instance: Ticket, **kwargs: Any) -> None:
    """Whichever way the row went: with its organization, or by hand."""
    if instance.photo:
        transaction.on_commit(lambda: instance.photo.delete(save=False))


@receiver(membership_ended)
def hand_back(sender: Any, membership: Membership, **kwargs: Any) -> None:
    services.hand_back(member=membership)
