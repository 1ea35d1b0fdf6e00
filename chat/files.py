"""What a file is, by its content, and what of it is kept. Nothing that a browser would run is."""

import io
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from accounts.avatars import BROKEN, MOST_PIXELS, decoding
from realtime.refusals import Refused

NAME_LENGTH = 100
# How a picture begins, what it is kept as, and what its name may end with.
PICTURES = {
    b"\x89PNG\r\n\x1a\n": ("PNG", "image/png", (".png",)),
    b"\xff\xd8\xff": ("JPEG", "image/jpeg", (".jpg", ".jpeg")),
    b"RIFF": ("WEBP", "image/webp", (".webp",)),
    b"GIF8": ("PNG", "image/png", (".png",)),  # its first picture
}
ZIPS = {".zip", ".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp"}
TEXTS = {"", ".txt", ".md", ".csv", ".tsv", ".log", ".json", ".ics", ".srt", ".vtt"}
MARKUP = ("<!doctype", "<html", "<script", "<svg", "<?xml", "<?php", "<body", "<iframe", "#!/")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file as it is kept."""

    name: str
    content: bytes
    content_type: str


def prepared(upload: UploadedFile) -> Prepared:
    """Refuses file.type-not-allowed and file.broken. Pictures are written anew, without what else they carried."""
    content, name = upload.read(), clean_name(upload.name or "")
    if not content:
        raise broken()
    for beginning, (form, content_type, endings) in PICTURES.items():
        if content.startswith(beginning):
            return Prepared(_ending_with(name, endings), _written_anew(content, form), content_type)
    return Prepared(name, content, _type_of(content, PurePosixPath(name).suffix.lower()))


def clean_name(name: str) -> str:
    """The last part of a path, without characters that hide or reorder text, at most 100 long with its ending."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in last if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
    path = PurePosixPath(" ".join(kept.split()).strip(". ") or "file")
    ending = path.suffix[:10]
    return path.stem[: NAME_LENGTH - len(ending)] + ending


def broken() -> Refused:
    return Refused("file.broken", _("This file is damaged or did not arrive whole. Try again."))


def not_allowed() -> Refused:
    return Refused(
        "file.type-not-allowed", _("Files of this kind cannot be sent. Pictures, PDF, text, ZIP and office files can.")
    )


def _ending_with(name: str, endings: tuple[str, ...]) -> str:
    path = PurePosixPath(name)
    return name if path.suffix.lower() in endings else path.stem[: NAME_LENGTH - 5] + endings[0]


def _type_of(content: bytes, ending: str) -> str:
    if content.startswith(b"%PDF-") and ending == ".pdf":
        return "application/pdf"
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")) and ending in ZIPS:
        return "application/zip"
    if ending in TEXTS and _is_plain(content):
        return "text/plain; charset=utf-8"
    raise not_allowed()


def _is_plain(content: bytes) -> bool:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    if any(c < " " and c not in "\t\n\r\f" for c in text):
        return False
    beginning = text[:4096].lower()
    return not beginning.lstrip().startswith("<") and not any(one in beginning for one in MARKUP)


def _written_anew(content: bytes, form: str) -> bytes:
    try:
        with decoding, Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP", "GIF")) as image:
            if image.width * image.height > MOST_PIXELS:
                raise Refused("file.broken", _("The picture has more than 25 megapixels."))
            upright = ImageOps.exif_transpose(image)
            mode = "RGBA" if upright.has_transparency_data and form != "JPEG" else "RGB"
            clean = upright.convert(mode)
    except BROKEN as error:
        raise broken() from error
    clean.info = {}
    written = io.BytesIO()
    clean.save(written, form, quality=90)
    return written.getvalue()
