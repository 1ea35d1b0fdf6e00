"""Hands that are up, and for how long each was: `Participant.hand_raised_at` and `Hand` change here alone.

The caller holds the room's lock and tells the others.
"""

from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from rooms.models import Hand, Participant


def put_up(participant: Participant) -> bool:
    """False when it was up already."""
    if participant.hand_raised_at is not None:
        return False
    participant.hand_raised_at = timezone.now()
    participant.save(update_fields=["hand_raised_at", "updated_at"])
    Hand.objects.create(participant=participant, raised_at=participant.hand_raised_at)
    return True


def take_down(people: QuerySet[Participant], *, at: datetime | None = None) -> int:
    """Lowers the hands of these people, and says how many were up."""
    up = list(people.filter(hand_raised_at__isnull=False).values_list("pk", flat=True))
    if up:
        Participant.objects.filter(pk__in=up).update(hand_raised_at=None)
        Hand.objects.filter(participant__in=up, lowered_at__isnull=True).update(lowered_at=at or timezone.now())
    return len(up)
