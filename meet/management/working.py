import sys

from django.conf import settings

from meet.management.keeping import Keeper


def job_workers() -> list[Keeper]:
    command = [sys.executable, "manage.py", "work", "--with-parent"]
    return [Keeper(f"work-{number}", command) for number in range(settings.JOB_WORKERS)]
