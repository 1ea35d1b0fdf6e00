"""What an operator sees of bookings; each part registers its own."""

from bookings.spaces import admin as spaces  # noqa: F401
