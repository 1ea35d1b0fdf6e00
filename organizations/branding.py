"""How an organization looks at the door of its rooms: a logo, and an accent colour that stays readable.

The colour that was chosen is moved towards black or white until it has the contrast that WCAG 2.2 asks for, with the
pages of each scheme.
"""

from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from PIL import Image, ImageStat

from accounts.avatars import rewritten

LOGO_SIDE = 512  # pixels at most
LIGHT, DARK = (255, 255, 255), (23, 30, 28)  # what a logo with transparency is laid on: the surfaces of the schemes
TEXT = 4.5  # WCAG 2.2, 1.4.3
Color = tuple[int, int, int]


def logo(upload: UploadedFile) -> bytes:
    """The upload as a WebP without transparency, since pages are light or dark: the background suits the picture."""
    return rewritten(upload, LOGO_SIDE, _opaque)


def _opaque(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    visible = image.getchannel("A")
    brightness = ImageStat.Stat(image.convert("L"), mask=visible).mean[0] if visible.getbbox() else 0
    ground = Image.new("RGB", image.size, DARK if brightness > 160 else LIGHT)
    ground.paste(image, mask=visible)
    return ground


@dataclass(frozen=True, slots=True)
class Accent:
    """Values of the CSS variables of the same names, see static/css/tokens.css; `#rrggbb`."""

    accent: str
    accent_strong: str
    on_accent: str
    link: str
    accent_soft: str


def light(chosen: str) -> Accent:
    """Readable on every surface of light pages and on its own soft shade; white is readable on it."""
    soft = _mix(_parsed(chosen), (255, 255, 255), 0.86)
    accent = _readable(_parsed(chosen), min(soft, (234, 239, 237), key=_luminance), towards=(0, 0, 0))
    return _accent(accent, _mix(accent, (0, 0, 0), 0.2), (255, 255, 255), soft)


def dark(chosen: str) -> Accent:
    soft = _mix(_parsed(chosen), (15, 21, 19), 0.75)
    accent = _readable(_parsed(chosen), max(soft, (32, 41, 39), key=_luminance), towards=(255, 255, 255))
    return _accent(accent, _mix(accent, (255, 255, 255), 0.3), (0, 0, 0), soft)


def _accent(accent: Color, strong: Color, on_accent: Color, soft: Color) -> Accent:
    return Accent(_written(accent), _written(strong), _written(on_accent), _written(accent), _written(soft))


def contrast(one: Color, other: Color) -> float:
    """From 1 to 21 (WCAG 2.2, contrast ratio)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _readable(color: Color, ground: Color, *, towards: Color) -> Color:
    steps = (_mix(color, towards, step / 50) for step in range(51))
    return next(one for one in steps if contrast(one, ground) >= TEXT)


def _mix(color: Color, other: Color, share: float) -> Color:
    red, green, blue = (round(mine + (its - mine) * share) for mine, its in zip(color, other, strict=True))
    return red, green, blue


def _luminance(color: Color) -> float:
    """WCAG 2.2, relative luminance."""
    channels = (value / 255 for value in color)
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _parsed(text: str) -> Color:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def _written(color: Color) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color)
