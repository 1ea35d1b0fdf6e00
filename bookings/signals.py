"""Facts about bookings, sent inside the transaction that makes them true. `actor` is None for the door and the server.

`wish` is a `services.wishes.Wish`; `before` and `after` are `facts.Facts`. What happens to several bookings of a series
at once is told of each with `in_series` true, and then of the series as one; the latter is what people hear of.
"""

from django.dispatch import Signal

booking_made = Signal()  # booking, wish, actor, in_series
booking_changed = Signal()  # booking, before, after, wish (None where only times changed), actor, in_series
booking_cancelled = Signal()  # booking, actor, in_series
booking_approved = Signal()  # booking, actor, in_series
booking_declined = Signal()  # booking, actor, in_series
booking_released = Signal()  # booking
booking_checked_in = Signal()  # booking, actor
booking_ended = Signal()  # booking, actor
bookings_handed_over = Signal()  # bookings, of series and single ones, leaver
series_made = Signal()  # series, bookings, wish, actor
series_changed = Signal()  # series, previous (where it was split off from one), bookings, before, wish, actor
series_cancelled = Signal()  # series, bookings, actor
series_approved = Signal()  # series, bookings, actor
series_declined = Signal()  # series, bookings, actor
