"""A photo goes with its row."""

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

from bookings.tickets.models import Ticket


@receiver(post_delete, sender=Ticket)
def delete_photo(sender: Any, instance: Ticket, **kwargs: Any) -> None:
    """Whichever way the row went: with its organization, or by hand."""
    if instance.photo:
        transaction.on_commit(lambda: instance.photo.delete(save=False))
