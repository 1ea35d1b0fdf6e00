"""What becomes of bookings when somebody leaves an organization."""

from typing import Any

from django.dispatch import receiver

from accounts.models import User
from bookings.services.leaving import hand_over
from organizations.models import Membership
from organizations.signals import membership_ended


@receiver(membership_ended)
def hand_bookings_over(sender: Any, membership: Membership, heir: User | None, **kwargs: Any) -> None:
    hand_over(membership=membership, heir=heir)
