"""What must be true before the first request: tables as the code has them, static files where they are served from."""

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

MIGRATING = 0x4D656574  # the key of PostgreSQL's advisory lock: "Meet"


def prepare() -> None:
    """Does only what is not done yet; of several processes that start together one works and the others wait."""
    with _alone(settings.DATA_DIR / "starting.lock"):
        migrate()
        collect_static()


def migrate() -> None:
    with _alone_in_database():
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0, interactive=False)
    connection.close()


def collect_static() -> None:
    kept = Path(settings.STATIC_ROOT).parent / "static.digest"
    digest = _digest_of_sources()
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if manifest.exists() and kept.exists() and kept.read_text() == digest:
        return
    call_command("collectstatic", verbosity=0, interactive=False)
    kept.write_text(digest)


def _digest_of_sources() -> str:
    digest = hashlib.sha256()
    for package in ("django", "servestatic"):
        digest.update(version(package).encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = Path(storage.path(path)).stat()
            digest.update(f"{path} {found.st_mtime_ns} {found.st_size}\n".encode())
    return digest.hexdigest()


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _alone_in_database() -> Iterator[None]:
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATING])
