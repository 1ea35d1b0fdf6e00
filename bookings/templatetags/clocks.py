from datetime import datetime
from zoneinfo import ZoneInfo

from django import template

from rooms.schedules import times

register = template.Library()


@register.simple_tag
def clocks_differ(moment: datetime, here: str, there: str | ZoneInfo) -> bool:
    return times.clocks_differ(moment, ZoneInfo(here), ZoneInfo(str(there)))
