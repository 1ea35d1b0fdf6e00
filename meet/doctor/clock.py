"""Whether this machine and the database agree on the time: leases, links and TURN credentials end by it."""

import time
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from django.db import connection

from meet.doctor.findings import Finding, ok, warning, wrong

NOTICED, TOO_FAR = 2.0, 15.0  # seconds; a lease lasts 24
SYNCHRONISE = "Run a time service such as chrony or systemd-timesyncd on both machines."
QUESTIONS = {
    "sqlite": "SELECT (julianday('now') - 2440587.5) * 86400.0",
    "postgresql": "SELECT EXTRACT(EPOCH FROM clock_timestamp())",
}


def check() -> Iterator[Finding]:
    yield agreement(_database_time() - time.time())
    yield zones("Europe/Berlin")


def _database_time() -> float:
    with connection.cursor() as cursor:
        cursor.execute(QUESTIONS[connection.vendor])
        return float(cursor.fetchone()[0])


def agreement(ahead: float) -> Finding:
    apart = f"The database's clock and this machine's are {abs(ahead):.1f} s apart."
    if abs(ahead) > TOO_FAR:
        return wrong(apart, SYNCHRONISE)
    if abs(ahead) > NOTICED:
        return warning(apart, SYNCHRONISE)
    return ok("The database's clock and this machine's agree.")


def zones(name: str) -> Finding:
    try:
        ZoneInfo(name)
    except (KeyError, OSError):
        return wrong("There is no time zone data.", "Install the tzdata package of the system or of Python.")
    return ok("Time zones are there.")
