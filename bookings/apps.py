from django.apps import AppConfig


class BookingsConfig(AppConfig):
    name = "bookings"

    def ready(self) -> None:
        from bookings.notices import receivers  # noqa: F401 - the last: mails tell what the others made
