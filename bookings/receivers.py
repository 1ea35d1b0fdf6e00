"""What becomes of bookings when somebody leaves an organization, and when it goes."""

from typing import Any

from django.dispatch import receiver

from accounts.models import User
from bookings.services.leaving import hand_over
from organizations.models import Membership, Organization
from organizations.signals import membership_ended, organization_closing
from rooms.models import Meeting


@receiver(membership_ended)
def hand_bookings_over(sender: Any, membership: Membership, heir: User | None, **kwargs: Any) -> None:
    hand_over(membership=membership, heir=heir)


@receiver(organization_closing)
def delete_meetings_elsewhere(sender: Any, organization: Organization, **kwargs: Any) -> None:
    """Those of bookings that have no room of ours, with which they would go."""
    Meeting.objects.filter(booking__organization=organization, room__isnull=True).delete()
