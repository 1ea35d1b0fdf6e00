"""Tables for spreadsheets: CSV that Excel reads rightly and that nothing runs as a formula."""

import csv
import io
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

# What spreadsheets take for the start of a formula, the full-width forms included.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
UTF8_MARK = "\ufeff"  # without it Excel reads another encoding


def as_csv(columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(columns)
    table.writerows([_cell(value) for value in row] for row in rows)
    return UTF8_MARK + written.getvalue()


def _cell(value: Any) -> str:
    """The value as text that no spreadsheet runs as a formula."""
    if isinstance(value, datetime):
        value = value.isoformat(timespec="seconds")
    elif isinstance(value, timedelta):
        value = int(value.total_seconds())
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
