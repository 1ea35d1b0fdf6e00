"""Entries as rows of a table, for whoever takes them away."""

import json
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from audit.models import AuditEntry
from audit.spreadsheets import as_csv

COLUMNS = (
    "number",
    "at",
    "action",
    "actor",
    "actor_id",
    "entity",
    "entity_id",
    "changes",
    "ip_address",
    "user_agent",
    "hash",
)
EXPORTED = 100_000  # entries at most; a filter by date gives the rest


def rows(found: QuerySet[AuditEntry]) -> Iterator[dict[str, Any]]:
    """By column, in the order of `COLUMNS`. `actor` is a name, None where the account is gone."""
    for entry in found.select_related("actor").iterator(chunk_size=1000):
        values = {column: getattr(entry, column) for column in COLUMNS}
        yield {**values, "actor": str(entry.actor) if entry.actor else None}


def table(found: QuerySet[AuditEntry]) -> str:
    """As CSV."""
    of_these = rows(found[:EXPORTED])
    changes_as_text = ({**row, "changes": json.dumps(row["changes"], ensure_ascii=False)} for row in of_these)
    return as_csv(COLUMNS, (row.values() for row in changes_as_text))
