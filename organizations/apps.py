from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class OrganizationsConfig(AppConfig):
    name = "organizations"

    def ready(self) -> None:
        from organizations import receivers  # noqa: F401 - connects them
        from organizations.takeout import own  # noqa: F401 - registers it

        autodiscover_modules("takeout")  # each app's own
