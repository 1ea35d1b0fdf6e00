from django.apps import AppConfig


class MeetConfig(AppConfig):
    name = "meet"

    def ready(self) -> None:
        from meet import checks  # noqa: F401 - registers itself
