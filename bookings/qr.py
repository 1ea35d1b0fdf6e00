import segno
from django.utils.safestring import SafeString, mark_safe


def qr_code(link: str) -> SafeString:
    """SVG to stand in a page, dark on white whatever the page's colours: cameras want it so."""
    drawn = segno.make(link, micro=False).svg_inline(border=4, omitsize=True, light="#fff")
    return mark_safe(drawn)  # noqa: S308 - paths and numbers
