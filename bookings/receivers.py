"""What becomes of bookings when somebody leaves an organization, and when it goes."""

from typing import Any

from django.dispatch import receiver

from accounts.models import User
from bookings.services.leaving import hand_over
from bookings.services.scopes import cancel_everything
from organizations.models import Membership, Organization
from organizations.signals import membership_ended, organization_closing


@receiver(membership_ended)
def hand_bookings_over(sender: Any, membership: Membership, heir: User | None, **kwargs: Any) -> None:
    hand_over(membership=membership, heir=heir)


@receiver(organization_closing)
def call_everything_off(sender: Any, organization: Organization, actor: User, **kwargs: Any) -> None:
    cancel_everything(organization=organization, actor=actor)
