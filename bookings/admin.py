"""What an operator sees of bookings; each part registers its own."""

from bookings.feeds import admin as feeds  # noqa: F401
from bookings.spaces import admin as spaces  # noqa: F401
from bookings.tickets import admin as tickets  # noqa: F401
