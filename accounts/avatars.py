"""Pictures of people. An upload is decoded within bounds, cut square and written anew; itself it is dropped."""

import io
import struct
import threading

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
    if (upload.size or 0) > LARGEST_FILE:
        raise ValidationError(_("The picture is larger than 5 MB."), code="avatar.too_big")
    try:
        with decoding, Image.open(upload, formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise ValidationError(_("The picture has more than 25 megapixels."), code="avatar.too_many_pixels")
            return _webp(image)
    except BROKEN as error:
        raise ValidationError(_("Use a picture in JPEG, PNG, WebP or GIF format."), code="avatar.unreadable") from error


def _webp(image: Image.Image) -> bytes:
    image.thumbnail((SIDE * 4, SIDE * 4))  # In place and first: everything after works on little.
    upright = ImageOps.exif_transpose(image)
    mode = "RGBA" if upright.has_transparency_data else "RGB"
    cut = ImageOps.fit(upright.convert(mode), (SIDE, SIDE), Image.Resampling.LANCZOS)
    written = io.BytesIO()
    cut.save(written, "WEBP", quality=85)
    return written.getvalue()
