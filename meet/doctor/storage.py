"""Whether there is a place for files, and room in it."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from meet.doctor.findings import Finding, ok, warning, why, wrong

LITTLE, TOO_LITTLE = 1024**3, 100 * 1024**2  # bytes


def check() -> Iterator[Finding]:
    for path in (Path(settings.DATA_DIR), Path(settings.MEDIA_ROOT)):
        yield writable(path)
    yield free(shutil.disk_usage(settings.DATA_DIR).free)


def writable(path: Path) -> Finding:
    """By writing a file; where the directory is yet to be made, into the one that it will be made in."""
    nearest = next(parent for parent in (path, *path.parents) if parent.exists())
    try:
        with tempfile.TemporaryFile(dir=nearest) as file:
            file.write(b"doctor")
            file.flush()
    except OSError as error:
        return wrong(f"{path} cannot be written: {why(error)}", "Give the directory to the user that runs Meet.")
    return ok(f"{path} can be written.")


def free(space: int) -> Finding:
    left = f"{space / 1024**3:.1f} GB are free."
    if space < TOO_LITTLE:
        return wrong(left, "Make room, or move MEET_DATA_DIR to a larger disk.")
    if space < LITTLE:
        return warning(left, "Make room before long.")
    return ok(left)
