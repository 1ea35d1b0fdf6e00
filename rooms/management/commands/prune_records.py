from typing import Any

from django.core.management.base import BaseCommand

from rooms.services.retention import due, prune


class Command(BaseCommand):
    help = "Deletes the records of meetings that their rooms keep no longer. Workers do so by themselves."

    def handle(self, **options: Any) -> None:
        count = 0
        while waiting := due():
            count += sum(prune(meeting_id=meeting_id) for meeting_id in waiting)
        self.stdout.write(f"Deleted the records of {count} meetings.")
