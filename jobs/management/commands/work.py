"""`manage.py work`: does what was enqueued and what is done periodically, until stopped."""

import os
import signal
import sys
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from jobs.workers import WorkerProcess


class Command(BaseCommand):
    help = "Does background work until it is stopped. `manage.py serve` starts JOB_WORKERS of these by itself."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--with-parent", action="store_true", help="end when standard input does")

    def handle(self, *, with_parent: bool, **options: Any) -> None:
        process = WorkerProcess()
        for stopping in (signal.SIGINT, signal.SIGTERM):
            signal.signal(stopping, lambda number, frame: process.stopping.set())
        if with_parent:
            threading.Thread(target=_follow, args=[process.stopping], daemon=True).start()
        went_well = process.run()
        sys.stdout.flush()
        os._exit(0 if went_well else 1)  # a job that does not end keeps nobody from ending


def _follow(stopping: threading.Event) -> None:
    sys.stdin.buffer.read()
    stopping.set()
