from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from audit.chain import prune


class Command(BaseCommand):
    help = "Drops audit entries older than AUDIT_RETENTION_DAYS."

    def handle(self, **options: Any) -> None:
        days = settings.AUDIT_RETENTION_DAYS
        count = prune(before=timezone.now() - timedelta(days=days))
        self.stdout.write(f"Dropped {count} entries older than {days} days.")
