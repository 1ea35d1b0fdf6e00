"""Reminders by mail, once for each booking, time and person; what should have come an hour ago comes no more."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from bookings.calendars.events import readable
from bookings.models import Answer, Booking
from bookings.notices.letters import Kind, News, reminder_of
from bookings.notices.readers import people_of
from bookings.notices.telling import post
from bookings.states import BookingState
from mail.models import Mail
from rooms.schedules.models import Reminder

logger = logging.getLogger(__name__)

LATE = timedelta(hours=1)


def write_due() -> None:
    """What was booked at shorter notice has none. One that fails keeps no other from being written."""
    due = list(_due())
    written = _written(due)
    for booking in due:
        in_time = booking.created_at <= booking.starts_at - timedelta(minutes=booking.reminder)
        if in_time and reminder_of(booking) not in written:
            _try_to_remind(booking)


def _due() -> Iterable[Booking]:
    now, wanted = timezone.now(), Q(pk__in=[])
    for before in filter(None, Reminder.values):
        wanted |= Q(reminder=before, **_window(now, timedelta(minutes=before)))
    return readable(Booking.objects.filter(wanted, state=BookingState.CONFIRMED))


def _window(now: datetime, before: timedelta) -> dict[str, datetime]:
    return {"starts_at__gt": max(now, now + before - LATE), "starts_at__lte": now + before}


def _written(bookings: Iterable[Booking]) -> set[str]:
    mine = Mail.objects.filter(kind=Kind.REMINDER, entity="bookings.booking")
    keys = mine.filter(entity_id__in=[str(one.pk) for one in bookings]).values_list("key", flat=True)
    return {(key or "").rpartition(" ")[0] for key in keys}


def _try_to_remind(booking: Booking) -> None:
    try:
        _remind(booking)
    except Exception:
        logger.exception("Nobody could be reminded of booking %s; trying again.", booking.pk)


@transaction.atomic
def _remind(booking: Booking) -> None:
    """Unless it changed meanwhile. Who declined is left alone."""
    same = Booking.objects.select_for_update().filter(pk=booking.pk, version=booking.version)
    if same.exists():
        people = [one for one in people_of([booking]) if one.answer != Answer.DECLINED]
        post(Kind.REMINDER, News((booking,)), people)
