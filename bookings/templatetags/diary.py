"""What a timetable has thousands of. Not templates: each would cost as much as a small page."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from bookings.spaces.diary import Entry
from bookings.spaces.grid import Row
from bookings.spaces.tracks import Stretch

register = template.Library()


@register.simple_tag
def entry(one: Entry, when: str) -> SafeString:
    """`when`: as `Entry.when` writes it."""
    version = format_html(' data-version="{}"', one.version) if one.may_change else ""
    if not one.is_open:
        return format_html('<span class="entry">{}</span>', _words(one, when))
    return format_html('<a href="/bookings/{}/"{}>{}</a>', one.booking, version, _words(one, when))


@register.simple_tag
def cells(row: Row) -> SafeString:
    return format_html_join("", "{}", ((_cell(one),) for one in row.cells))


def _cell(one: Stretch) -> SafeString:
    look, words = (f" {one.entry.look}", entry(one.entry, one.when)) if one.entry else ("", "")
    opened = f'<td class="{one.kind}{look}" colspan="{one.columns}" data-from="{one.begin}" data-to="{one.end}">'
    return mark_safe(f"{opened}{words}</td>")  # noqa: S308 - words of ours, numbers, and what is escaped already


def _words(one: Entry, when: str) -> SafeString:
    organizer = format_html(' <span class="by">{}</span>', one.organizer) if one.organizer else ""
    remarks = format_html_join("", " <small>{}</small>", ((remark,) for remark in one.remarks))
    times = format_html('<span class="when">{}<span class="until">{}</span></span>', when[:5], when[5:])
    return format_html("{} <b>{}</b>{}{}", times, one.words, organizer, remarks)
