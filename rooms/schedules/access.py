"""The only door to schedules. Unknown and not-yours look the same."""

from uuid import UUID

from django.http import Http404
from django.utils import timezone

from accounts.models import User
from rooms.schedules.models import Schedule
from rooms.schedules.times import Occurrence, upcoming

LISTED = 20
MOST_SCHEDULES = 500


def schedule_for_organizer(schedule_id: UUID, user: User) -> Schedule:
    found = Schedule.objects.select_related("room__host", "organizer").filter(pk=schedule_id, organizer=user).first()
    if found is None:
        raise Http404
    return found


def upcoming_for(user: User) -> list[Occurrence]:
    """What this person comes to next, as organizer or by an invitation to their address."""
    mine = Schedule.objects.standing().for_person(user)
    found = mine.select_related("room").order_by("over_at")[:MOST_SCHEDULES]
    return upcoming(found, after=timezone.now(), most=LISTED)
