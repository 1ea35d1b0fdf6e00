"""What an operator sees of bookings; each part registers its own."""

from bookings.tickets import admin as tickets  # noqa: F401
