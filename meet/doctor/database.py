"""Whether rows can be kept: the connection, its version and mode, and the tables."""

from collections.abc import Iterator

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from meet.doctor.findings import Finding, ok, why, wrong


def check() -> Iterator[Finding]:
    try:
        connection.ensure_connection()
    except Exception as error:  # noqa: BLE001 - drivers and pools have errors of their own, old versions another
        yield wrong(f"Cannot be used: {why(error)}", "Is the server up and new enough, and DATABASE_URL right?")
        return
    sqlite = connection.vendor == "sqlite"
    yield _sqlite(_ask("PRAGMA journal_mode")) if sqlite else _server(_ask("SHOW server_version"))
    yield tables()


def _ask(question: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return str(cursor.fetchone()[0])


def _sqlite(mode: str) -> Finding:
    if mode in {"wal", "memory"}:
        return ok("SQLite, where readers do not wait for writers." if mode == "wal" else "SQLite in memory.")
    return wrong(
        f"SQLite keeps its journal in mode {mode}, so that readers and writers stop each other.",
        "Put MEET_DATA_DIR on a local disk: network file systems have no write-ahead log.",
    )


def _server(version: str) -> Finding:
    return ok(f"PostgreSQL {version.split()[0]}.")


def tables() -> Finding:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not missing:
        return ok("The tables are as this version wants them.")
    return wrong(
        f"{len(missing)} migrations are not applied.", "Start the server, which does it, or: manage.py migrate"
    )
