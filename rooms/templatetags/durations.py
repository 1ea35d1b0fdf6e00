from datetime import datetime, timedelta

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def duration(value: timedelta) -> str:
    """A length of time as people say it, without seconds once they do not matter."""
    minutes, seconds = divmod(int(value.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    if hours and not minutes:
        return _("%(hours)d h") % {"hours": hours}
    if hours:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
    if minutes:
        return _("%(minutes)d min") % {"minutes": minutes}
    return _("%(seconds)d s") % {"seconds": seconds}


@register.filter
def moment(value: datetime | str) -> datetime:
    """The time behind a record's cell, which may be ISO 8601."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value
