"""What hosts did in a meeting, in words: read from the audit trail, and no older than that reaches."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.db.models import Field, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.models import AuditEntry
from rooms.models import Meeting, Participant, RoomSettings

NOT_SHOWN = (
    "meeting.planned",
    "meeting.moved",
    "meeting.called-off",
    "meeting.started",
    "meeting.pruned",
    "command.refused",
    "room.created",
)

# By action and, where DEPENDS_ON names one, the value of a change; None is for whatever else it is.
SENTENCES = {
    ("participant.admitted", None): _("{who} let {whom} in."),
    ("participant.admitted", "all"): _("{who} let everyone in who waited."),
    ("participant.denied", None): _("{who} did not let {whom} in."),
    ("participant.sent-back", None): _("{who} sent {whom} back to the waiting room."),
    ("chat.exported", None): _("{who} downloaded the chat."),
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
    people = {str(person.pk): person for person in everybody}
    return [_deed(entry, people) for entry in _entries(meeting, people)]


def _entries(meeting: Meeting, people: Mapping[str, Participant]) -> QuerySet[AuditEntry]:
    """What somebody did to the meeting, to a person in it, or to its room while it ran."""
    about = Q(entity="rooms.meeting", entity_id=str(meeting.pk))
    about |= Q(entity="rooms.participant", entity_id__in=people)
    about |= Q(entity="rooms.room", entity_id=str(meeting.room_id)) & _while_it_ran(meeting)
    found = AuditEntry.objects.filter(about, actor__isnull=False).exclude(action__in=NOT_SHOWN)
    return found.prefetch_related("actor").order_by("at", "pk")  # no join: it would drop whose account is gone


def _while_it_ran(meeting: Meeting) -> Q:
    since = Q(at__gte=meeting.started_at or meeting.created_at)
    return since & Q(at__lte=meeting.ended_at) if meeting.ended_at else since


def _deed(entry: AuditEntry, people: Mapping[str, Participant]) -> Deed:
    who = entry.actor.display_name if entry.actor else gettext("Somebody whose account is gone")
    person = people.get(entry.changes.get("participant", entry.entity_id))
    whom = person.name if person else ""
    own = person is not None and person.user_id is not None and person.user_id == entry.actor_id
    return Deed(entry.at, entry.action, who, whom, _words(entry, who=who, whom=whom, own=own))


def _words(entry: AuditEntry, *, who: str, whom: str, own: bool) -> str:
    sentence = _sentence(entry, own=own)
    if sentence is None:
        return f"{who}: {entry.action} {whom}".rstrip()
    old, new = entry.changes["name"] if entry.action == "participant.renamed" else ("", "")
    changes = _changes(entry.changes) if entry.action == "room.changed" else ""
    return sentence.format(who=who, whom=whom or gettext("somebody"), old=old, new=new, changes=changes)


def _sentence(entry: AuditEntry, *, own: bool) -> str | None:
    case = entry.changes.get(DEPENDS_ON.get(entry.action, ""))
    found = OF_ONESELF.get((entry.action, case)) if own else None
    found = found or SENTENCES.get((entry.action, case)) or SENTENCES.get((entry.action, None))
    return str(found) if found else None


def _changes(changes: Mapping[str, list[Any]]) -> str:
    """Every setting by its label, with its new value; databases keep no order of keys."""
    return ", ".join(sorted(f"{_label(name)}: {_value(name, after)}" for name, (_before, after) in changes.items()))


def _label(name: str) -> str:
    return gettext("Room name") if name == "name" else str(_field(name).verbose_name)


def _value(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return gettext("on") if value else gettext("off")
    choices = {} if name == "name" else dict(_field(name).flatchoices)
    return str(choices.get(value, value))


def _field(name: str) -> Field[Any, Any]:
    return cast("Field[Any, Any]", RoomSettings._meta.get_field(name))
