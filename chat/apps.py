from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "chat"

    def ready(self) -> None:
        from chat import receivers  # noqa: F401 - connects them
        from chat.history import figures_of, record_of
        from rooms.record import register

        register("chat", record_of, counter=figures_of)
