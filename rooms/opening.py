"""When a room that opens only at scheduled times lets people in: from a little before a planned time until its end."""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from realtime.refusals import Refused
from rooms.models import EndedReason, Meeting, Room
from rooms.schedules.models import Schedule
from rooms.schedules.services import occurrence_in
from rooms.schedules.times import upcoming

EARLY = timedelta(minutes=15)  # who comes so long before a scheduled start begins that meeting


def planned_for(room: Room, moment: datetime) -> Meeting | None:
    """The meeting planned for this moment, whatever became of it; of several the one that starts last."""
    near = _planned(room, moment).filter(scheduled_starts_at__lte=moment + EARLY)
    return near.order_by("-scheduled_starts_at").first()


def is_open(room: Room, moment: datetime) -> bool:
    return planned_for(room, moment) is not None or occurrence_in(room, moment, early=EARLY) is not None


def opens_at(room: Room) -> datetime | None:
    """When the next planned time lets people in; past while one does, None where nothing is planned."""
    now = timezone.now()
    meetings = _planned(room, now).order_by("scheduled_starts_at")[:1]
    starts = [one.scheduled_starts_at for one in meetings if one.scheduled_starts_at]
    schedules = Schedule.objects.standing().filter(room=room)
    starts += [one.span.starts_at for one in upcoming(schedules, after=now, most=1)]
    return min(starts) - EARLY if starts else None


def _planned(room: Room, moment: datetime) -> QuerySet[Meeting]:
    """What is not over by then and was not called off, whether or not it has begun or ended."""
    standing = Meeting.objects.filter(room=room).exclude(ended_reason=EndedReason.CANCELLED)
    return standing.filter(scheduled_starts_at__isnull=False, scheduled_ends_at__gt=moment)


def not_now(room: Room) -> Refused:
    opens = opens_at(room)
    if opens is None:
        return Refused("room.not-now", _("This room is open at scheduled times, and nothing is planned."))
    shown = date_format(timezone.localtime(opens), "DATETIME_FORMAT")
    text = gettext("This room is open at scheduled times. It opens on %(when)s (%(zone)s).")
    return Refused("room.not-now", text % {"when": shown, "zone": timezone.get_current_timezone_name()})
