"""The archives of exports: made in the background, and gone after a day."""

import secrets
import tempfile
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.core.files import File
from django.core.files.storage import default_storage
from django.utils import timezone

from organizations.models import Export, ExportState
from organizations.takeout import archive

KEPT = timedelta(hours=24)
ABANDONED = timedelta(hours=2)  # after which nobody is making it any more


def make(*, export_id: UUID) -> None:
    """Takes as long as there is much; nothing is locked meanwhile. Does nothing for one that is gone, or made."""
    export = Export.objects.select_related("organization").filter(pk=export_id, state=ExportState.PENDING).first()
    if export is None:
        return
    with tempfile.TemporaryFile() as file:
        archive.write(export.organization, file, partial(_note_progress, export_id))
        size = file.tell()
        file.seek(0)
        path = default_storage.save(f"exports/{secrets.token_hex(16)}.zip", File(file))
    finished = {"state": ExportState.READY, "file": path, "size": size, "expires_at": timezone.now() + KEPT}
    if not Export.objects.filter(pk=export_id, state=ExportState.PENDING).update(**finished):
        default_storage.delete(path)  # its organization was deleted, or somebody else made it


def give_up(*, export_id: UUID) -> None:
    Export.objects.filter(pk=export_id, state=ExportState.PENDING).update(state=ExportState.FAILED)


def tidy() -> None:
    """Drops what has expired, and gives up what every worker that tried has died of."""
    began_before = timezone.now() - ABANDONED
    Export.objects.filter(state=ExportState.PENDING, created_at__lte=began_before).update(state=ExportState.FAILED)
    for export in Export.objects.filter(expires_at__lte=timezone.now()):
        export.delete()
        if export.file.name:
            default_storage.delete(export.file.name)


def _note_progress(export_id: UUID, done: int, total: int) -> None:
    Export.objects.filter(pk=export_id).update(done=done, total=total)
