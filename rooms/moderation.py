"""What hosts did in a meeting, in words: read from the audit trail, and no older than that reaches."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Q, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.models import AuditEntry
from rooms.models import Meeting, Participant, RoomSettings

NOT_SHOWN = ("meeting.started", "meeting.pruned", "command.refused")

# By action and, where DEPENDS_ON names one, the value of a change; None is for whatever else it is.
SENTENCES = {
    ("participant.admitted", None): _("{who} let {whom} in."),
    ("participant.admitted", "all"): _("{who} let everyone in who waited."),
    ("participant.denied", None): _("{who} did not let {whom} in."),
    ("participant.sent-back", None): _("{who} sent {whom} back to the waiting room."),
    ("participant.removed", None): _("{who} removed {whom}."),
    ("participant.removed", True): _("{who} removed {whom}, who may come back."),
    ("participant.removed", False): _("{who} removed {whom} for the rest of the meeting."),
    ("participant.stopped", "microphone"): _("{who} muted {whom}."),
    ("participant.stopped", "camera"): _("{who} turned off the camera of {whom}."),
    ("participant.stopped", "screen"): _("{who} stopped the screen share of {whom}."),
    ("participant.asked-to-unmute", None): _("{who} asked {whom} to unmute."),
    ("participant.hand-lowered", None): _("{who} lowered the hand of {whom}."),
    ("participant.renamed", None): _("{who} renamed {old} to {new}."),
    ("participant.spotlighted", True): _("{who} put {whom} in the spotlight."),
    ("participant.spotlighted", False): _("{who} took {whom} out of the spotlight."),
    ("participant.role-changed", "HOST"): _("{who} made {whom} the host."),
    ("participant.role-changed", "COHOST"): _("{who} made {whom} a co-host."),
    ("participant.role-changed", None): _("{who} made {whom} a participant again."),
    ("meeting.muted", True): _("{who} muted everyone."),
    ("meeting.muted", False): _("{who} muted everyone and let nobody unmute."),
    ("meeting.hands-lowered", None): _("{who} lowered all hands."),
    ("meeting.suspended", None): _("{who} suspended everyone's activities."),
    ("meeting.resumed", None): _("{who} let the meeting go on."),
    ("meeting.ended", None): _("{who} ended the meeting."),
    ("room.changed", None): _("{who} changed the room: {changes}."),
    ("room.link-changed", None): _("{who} gave the room a new link."),
    ("room.locked", None): _("{who} locked the room."),
    ("room.unlocked", None): _("{who} unlocked the room."),
}
OF_ONESELF = {
    ("participant.spotlighted", True): _("{who} went into the spotlight."),
    ("participant.spotlighted", False): _("{who} left the spotlight."),
    ("participant.role-changed", "HOST"): _("{who} took the host's role back."),
    ("participant.role-changed", "COHOST"): _("{who} stayed as a co-host."),
}
DEPENDS_ON = {
    "participant.admitted": "participant",
    "participant.removed": "may_return",
    "participant.stopped": "source",
    "participant.spotlighted": "on",
    "participant.role-changed": "role",
    "meeting.muted": "may_unmute",
}


@dataclass(frozen=True, slots=True)
class Deed:
    """`whom` is "" where it is about nobody or all; `text` says it in the reader's language."""

    at: datetime
    action: str
    who: str
    whom: str
    text: str


def deeds(meeting: Meeting) -> list[Deed]:
    """In the order in which they happened."""
    everybody = Participant.objects.filter(meeting=meeting).select_related("user")
    names = {str(person.pk): person.name for person in everybody}
    return [_deed(entry, names) for entry in _entries(meeting, names)]


def _entries(meeting: Meeting, names: Mapping[str, str]) -> QuerySet[AuditEntry]:
    """What people did to the meeting, to somebody in it, or to its room while it ran."""
    about = Q(entity="rooms.meeting", entity_id=str(meeting.pk))
    about |= Q(entity="rooms.participant", entity_id__in=names)
    about |= Q(entity="rooms.room", entity_id=str(meeting.room_id)) & _while_it_ran(meeting)
    found = AuditEntry.objects.filter(about, actor__isnull=False).exclude(action__in=NOT_SHOWN)
    return found.select_related("actor").order_by("at", "pk")


def _while_it_ran(meeting: Meeting) -> Q:
    since = Q(at__gte=meeting.started_at or meeting.created_at)
    return since & Q(at__lte=meeting.ended_at) if meeting.ended_at else since


def _deed(entry: AuditEntry, names: Mapping[str, str]) -> Deed:
    who = entry.actor.display_name if entry.actor else gettext("Somebody whose account is gone")
    about = entry.changes.get("participant") if entry.entity == "rooms.meeting" else entry.entity_id
    whom = names.get(str(about), "")
    return Deed(entry.at, entry.action, who, whom, _sentence(entry, who, whom))


def _sentence(entry: AuditEntry, who: str, whom: str) -> str:
    case = entry.changes.get(DEPENDS_ON.get(entry.action, ""))
    sentence = SENTENCES.get((entry.action, case)) or SENTENCES.get((entry.action, None))
    if sentence is None:
        return " ".join(filter(None, (f"{who}:", entry.action, whom)))
    old, new = entry.changes.get("name", ("", "")) if entry.action == "participant.renamed" else ("", "")
    return str(sentence).format(who=who, whom=whom or gettext("somebody"), old=old, new=new, changes=_changes(entry))


def _changes(entry: AuditEntry) -> str:
    """Every setting of a room by its label, with its new value."""
    if entry.action != "room.changed":
        return ""
    after = {name: value[-1] if isinstance(value, list) else value for name, value in entry.changes.items()}
    return ", ".join(_changed(name, value) for name, value in after.items())


def _changed(name: str, value: Any) -> str:
    try:
        field = RoomSettings._meta.get_field(name)
    except FieldDoesNotExist:
        return f"{_('Room name') if name == 'name' else name}: {value}"
    if isinstance(value, bool):
        shown = gettext("on") if value else gettext("off")
    else:
        shown = str(dict(getattr(field, "flatchoices", ())).get(value, value))
    return f"{capfirst(str(getattr(field, 'verbose_name', name)))}: {shown}"
