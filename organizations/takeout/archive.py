"""Everything of an organization in one ZIP file: a JSON file of each kind, the files, and a manifest that counts them.

Each app says in its module `takeout` what it adds, see `register`.
"""

import json
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import PurePath
from typing import IO, Any, NamedTuple

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, QuerySet
from django.db.models.fields.files import FieldFile
from django.utils import timezone

from organizations.models import Organization

Rows = Callable[[Organization], Iterable[dict[str, Any]]]
Files = Callable[[Organization], Iterable[FieldFile]]
Progress = Callable[[int, int], None]
CHUNK = 1000  # rows in memory at a time


class Section(NamedTuple):
    rows: Rows
    files: Files | None


_sections: dict[str, Section] = {}


def register(name: str, rows: Rows, *, files: Files | None = None) -> None:
    """Adds `<name>.json`, a list of rows of JSON values, dates and keys, without secrets, and files of that kind."""
    _sections[name] = Section(rows, files)


def columns(found: QuerySet[Any], *, without: Iterable[str] = (), **more: str) -> Iterator[dict[str, Any]]:
    """Rows with all that the table has; `more` are names for what other tables have, like `host="host__email"`."""
    fields = [field.attname for field in found.model._meta.concrete_fields if field.name not in set(without)]
    for values in found.values(*fields, *more.values()).iterator(chunk_size=CHUNK):
        yield {name: values[name] for name in fields} | {name: values[path] for name, path in more.items()}


def files_in(found: QuerySet[Any], field: str) -> Iterator[FieldFile]:
    for row in found.exclude(**{field: ""}).iterator(chunk_size=CHUNK):
        yield getattr(row, field)


def write(organization: Organization, target: IO[bytes], progress: Progress) -> None:
    """`progress` is told how many kinds of how many are done, before each."""
    counts, missing = {}, []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for done, (name, section) in enumerate(sorted(_sections.items())):
            progress(done, len(_sections))
            counts[name] = _write_rows(archive, f"{name}.json", section.rows(organization))
            if section.files is not None:
                missing += [path for path in _write_files(archive, name, section.files(organization)) if path]
        manifest = {
            "organization": str(organization.pk),
            "name": organization.name,
            "made_at": timezone.now(),
            "rows": counts,
            "missing_files": missing,
        }
        archive.writestr("manifest.json", _json(manifest))


def _write_rows(archive: zipfile.ZipFile, path: str, rows: Iterable[dict[str, Any]]) -> int:
    count = 0
    with archive.open(path, "w", force_zip64=True) as file:
        file.write(b"[")
        for count, row in enumerate(rows, start=1):
            file.write(b"\n" if count == 1 else b",\n")
            file.write(_json(row).encode())
        file.write(b"\n]\n")
    return count


def _write_files(archive: zipfile.ZipFile, name: str, files: Iterable[FieldFile]) -> Iterator[str]:
    """Named by the row that they belong to; yields the paths of those that the storage has lost."""
    for file in files:
        row: Model = file.instance
        path = f"{name}/{row.pk}{PurePath(file.name or '').suffix}"
        try:
            with file.open("rb") as source, archive.open(path, "w", force_zip64=True) as written:
                shutil.copyfileobj(source, written)
        except FileNotFoundError:
            yield path


def _json(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
