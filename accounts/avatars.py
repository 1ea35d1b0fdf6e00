"""Pictures of people. An upload is decoded within bounds, cut square and written anew; itself it is dropped."""

import io
import struct
import threading
from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

LARGEST_FILE = 5 * 1024 * 1024
MOST_PIXELS = 25_000_000
SIDE = 256
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
# What Pillow raises for files that lie about themselves.
BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    IndexError,
    KeyError,
    EOFError,
    struct.error,
    OverflowError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
# 25 megapixels are 100 MB of memory while decoding: two at a time, the rest wait.
decoding = threading.BoundedSemaphore(2)


def square(upload: UploadedFile) -> bytes:
    """The upload as a WebP of 256 by 256 pixels, without anything else that the file carried."""
    return rewritten(upload, SIDE * 4, lambda image: ImageOps.fit(image, (SIDE, SIDE), Image.Resampling.LANCZOS))


def rewritten(upload: UploadedFile, side: int, finish: Callable[[Image.Image], Image.Image]) -> bytes:
    """The upload as a WebP, decoded to at most `side` by `side` pixels, upright in RGB or RGBA, and then finished."""
    if (upload.size or 0) > LARGEST_FILE:
        raise ValidationError(_("The picture is larger than 5 MB."), code="avatar.too_big")
    try:
        with decoding, Image.open(upload, formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise ValidationError(_("The picture has more than 25 megapixels."), code="avatar.too_many_pixels")
            return _webp(finish(_upright(image, side)))
    except BROKEN as error:
        raise ValidationError(_("Use a picture in JPEG, PNG, WebP or GIF format."), code="avatar.unreadable") from error


def _upright(image: Image.Image, side: int) -> Image.Image:
    image.thumbnail((side, side))  # In place and first: everything after works on little.
    upright = ImageOps.exif_transpose(image)
    return upright.convert("RGBA" if upright.has_transparency_data else "RGB")


def _webp(image: Image.Image) -> bytes:
    written = io.BytesIO()
    image.save(written, "WEBP", quality=85)
    return written.getvalue()
