"""Whether somebody does what was enqueued, and whether it goes well."""

from collections.abc import Iterator

from django.utils import timezone
from django.utils.timesince import timesince

from jobs import figures
from jobs.models import State
from meet.doctor.findings import Finding, ok, warning

LONG = 60  # seconds


def check() -> Iterator[Finding]:
    yield workers()
    waited = figures.longest_wait()
    if waited > LONG:
        yield warning(f"The oldest job has waited for {waited:.0f} seconds.", "Set JOB_WORKERS higher.")
    if failed := figures.by_state()[State.FAILED]:
        yield warning(f"{failed} jobs were given up.", "Look at them in the administration, and retry them.")


def workers() -> Finding:
    if count := figures.workers():
        return ok(f"{count} at work.")
    last = figures.last_work_at()
    since = f" since {timesince(last, timezone.now())}" if last else ""
    return warning(
        f"No worker has run{since}: no mail leaves, nothing is tidied.",
        "Start the server with JOB_WORKERS of 1 or more, or manage.py work.",
    )
