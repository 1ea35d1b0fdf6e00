from typing import Any

from django import template

from bookings.tickets.access import may_report_from
from bookings.tickets.facts import FACTS
from rooms.models import Room

register = template.Library()


@register.simple_tag(takes_context=True)
def may_report_problems(context: dict[str, Any], room: Room) -> bool:
    return may_report_from(room, context["request"].user)


@register.simple_tag
def names_of_facts() -> dict[str, str]:
    return {name: str(label) for name, label in FACTS.items()}
