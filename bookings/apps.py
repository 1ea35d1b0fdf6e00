from django.apps import AppConfig


class BookingsConfig(AppConfig):
    name = "bookings"

    def ready(self) -> None:
        from bookings import receivers  # noqa: F401 - connects them
        from bookings.meetings import receivers as meetings  # noqa: F401
        from bookings.notices import receivers as notices  # noqa: F401 - after meetings: mails tell their links
        from bookings.tickets import receivers as tickets  # noqa: F401
