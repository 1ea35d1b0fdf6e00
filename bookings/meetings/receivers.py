"""The meeting of a booking follows it: planned, moved and called off in the transaction of the change."""

from typing import Any
from uuid import UUID

from django.db.models.signals import post_delete
from django.dispatch import receiver

from accounts.models import User
from bookings.models import Booking
from bookings.services.wishes import MeetingKind, Wish, where_they_meet
from bookings.signals import (
    booking_cancelled,
    booking_changed,
    booking_declined,
    booking_ended,
    booking_made,
    booking_released,
)
from rooms.models import Meeting, MeetingState, Room
from rooms.services.planned import call_off_meeting, move_meeting, plan_meeting


@receiver(booking_made)
def plan(sender: Any, booking: Booking, wish: Wish, **kwargs: Any) -> None:
    """Also of one that has yet to be approved: whoever invites people needs the link."""
    if booking.organizer is None or wish.meeting == MeetingKind.NONE:
        return
    external = wish.meeting == MeetingKind.EXTERNAL
    booking.meeting = plan_meeting(
        title=booking.title,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        host=booking.organizer,
        organization=booking.organization,
        external_url=wish.external_url if external else "",
        room=None if external else _room_of_series(booking),
    )
    booking.save(update_fields=["meeting", "updated_at"])


@receiver(booking_changed)
def follow(sender: Any, booking: Booking, wish: Wish | None, actor: User | None, **kwargs: Any) -> None:
    meeting = booking.meeting
    if wish is not None and wish.where != where_they_meet(meeting):
        if meeting is not None:
            call_off_meeting(meeting=meeting, actor=actor)
            booking.meeting = None
            booking.save(update_fields=["meeting", "updated_at"])
            _delete_elsewhere(meeting.pk)
        plan(sender, booking, wish)
    elif meeting is not None:
        _move(booking, meeting, actor)


@receiver([booking_cancelled, booking_declined])
def call_off(sender: Any, booking: Booking, actor: User | None, **kwargs: Any) -> None:
    if booking.meeting is not None:
        call_off_meeting(meeting=booking.meeting, actor=actor)


@receiver(booking_released)
def call_off_unless_held(sender: Any, booking: Booking, **kwargs: Any) -> None:
    """Nobody came to the space; who meets without it goes on."""
    if booking.meeting is not None and booking.meeting.state == MeetingState.SCHEDULED:
        call_off_meeting(meeting=booking.meeting, actor=None)


@receiver(booking_ended)
def shorten(sender: Any, booking: Booking, actor: User | None, **kwargs: Any) -> None:
    if booking.meeting is not None:
        _move(booking, booking.meeting, actor)


@receiver(post_delete, sender=Booking)
def go_along(sender: Any, instance: Booking, **kwargs: Any) -> None:
    """Whichever way the row went: with its space or organization, in time, or by hand."""
    if instance.meeting_id is not None:
        _delete_elsewhere(instance.meeting_id)


def _delete_elsewhere(meeting_id: UUID) -> None:
    """One on another platform has only its booking; one in a room follows the rules of rooms."""
    Meeting.objects.filter(pk=meeting_id, room__isnull=True).delete()


def _move(booking: Booking, meeting: Meeting, actor: User | None) -> None:
    times = {"starts_at": booking.starts_at, "ends_at": booking.ends_at}
    move_meeting(meeting=meeting, actor=actor, title=booking.title, **times)


def _room_of_series(booking: Booking) -> Room | None:
    """A series meets in one room, so that its link stays."""
    if booking.series_id is None:
        return None
    return Room.objects.open().filter(host=booking.organizer, meetings__booking__series=booking.series_id).first()
