from django.apps import AppConfig


class MeetConfig(AppConfig):
    name = "meet"

    def ready(self) -> None:
        from meet import checks, metrics  # noqa: F401 - checks register themselves

        metrics.listen()
