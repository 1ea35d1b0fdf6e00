"""What becomes of memberships when an account goes."""

from typing import Any

from django.dispatch import receiver

from accounts.models import User
from accounts.signals import account_closing
from organizations.models import Membership
from organizations.people.services import leave
from organizations.services import locked
from organizations.takeout.erasure import erase


@receiver(account_closing)
def let_go_of_memberships(sender: Any, user: User, **kwargs: Any) -> None:
    """Refuses for the last administrator among others; what nobody else belongs to goes along."""
    theirs = Membership.objects.select_related("organization", "user").filter(user=user)
    for membership in theirs.order_by("organization_id"):  # one lock order for all who go at once
        organization = locked(membership.organization)
        if organization.memberships.exclude(pk=membership.pk).exists():
            leave(membership=membership)
        else:
            erase(organization=organization, actor=user)
