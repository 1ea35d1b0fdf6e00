"""A room has another link, and whoever is invited to a booking that meets there gets it, by one mail for a series."""

from uuid import UUID

from bookings.models import Booking
from bookings.notices.letters import Kind, News
from bookings.notices.readers import people_of
from bookings.notices.telling import tell
from bookings.services.locking import locked_bookings, locked_series, settled
from rooms.models import EndedReason


@settled
def tell_new_link(room_id: UUID) -> None:
    meeting_there = Booking.objects.standing().filter(meeting__room=room_id)
    meeting_there = meeting_there.exclude(meeting__ended_reason=EndedReason.CANCELLED)
    for series in locked_series(meeting_there):
        series.sequence += 1
        series.save()
        _tell(News.of_series(series))
    singles = meeting_there.filter(series=None).values_list("pk", flat=True)
    for booking in locked_bookings(list(singles)):
        if meeting_there.filter(pk=booking.pk).exists():  # still, after others were waited for
            booking.sequence += 1
            booking.save(update_fields=["sequence", "updated_at"])
            _tell(News.of(booking))


def _tell(news: News) -> None:
    tell(Kind.CHANGE, news, people_of(news.bookings))
