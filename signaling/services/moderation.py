"""What hosts do about other people's microphones, cameras, screens, hands and roles.

Between browsers the server carries no media: it says that a source is stopped, and that person's browser obeys.
"""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import Action
from audit.services import record
from realtime import topics
from realtime.broadcast import broadcast
from realtime.refusals import Refused
from rooms import access
from rooms.events import participant_state, room_state, tell
from rooms.models import HOSTING, Participant, Role, RoomSettings
from rooms.services import hands
from signaling.services.states import Source


@transaction.atomic
def stop_source(*, participant_id: UUID, target: UUID, source: Source) -> None:
    """Mutes somebody, turns off their camera, or stops their share; they see who did it."""
    host, person = _pair(participant_id, target)
    if _stop(host, person, source):
        record(action=Action.PARTICIPANT_STOPPED, entity=person, actor=host.user, source=source)


@transaction.atomic
def mute_all(*, participant_id: UUID, may_unmute: bool) -> None:
    """Mutes everybody who does not host; without `may_unmute` they stay so until the room allows unmuting again."""
    host = access.hosting(participant_id)
    others = host.meeting.participants.admitted().exclude(role__in=HOSTING).filter(microphone_on=True)
    for person in others.select_related("user", "connection"):
        _stop(host, person, "microphone")
    settings: RoomSettings = host.meeting.room.settings  # type: ignore[union-attr]
    if settings.allow_unmute != may_unmute:
        settings.allow_unmute = may_unmute
        settings.save(update_fields=["allow_unmute", "updated_at"])
        tell(host.meeting, "room.updated", room=room_state(settings.room, settings))
    record(action=Action.MEETING_MUTED, entity=host.meeting, actor=host.user, may_unmute=may_unmute)


@transaction.atomic
def ask_to_unmute(*, participant_id: UUID, target: UUID) -> None:
    """A question to one person; they decide."""
    host, person = _pair(participant_id, target)
    event = {"type": "unmute.asked", "by": host.name}
    broadcast(topics.meeting(host.meeting_id), event, to={"participant": str(person.pk)})


@transaction.atomic
def lower_hand_of(*, participant_id: UUID, target: UUID) -> None:
    host, person = _pair(participant_id, target)
    _lower(host, person)


@transaction.atomic
def lower_all_hands(*, participant_id: UUID) -> None:
    host = access.hosting(participant_id)
    for person in host.meeting.participants.admitted().filter(hand_raised_at__isnull=False):
        _lower(host, person)


@transaction.atomic
def set_cohost(*, participant_id: UUID, target: UUID, cohost: bool) -> None:
    """Makes somebody with an account a co-host, or takes that back; co-hosts may neither."""
    host, person = _pair(participant_id, target)
    if host.role != Role.HOST:
        raise Refused("role.insufficient", _("Only the host can do that."))
    if person.role == Role.GUEST:
        raise Refused("participant.is-guest", _("A guest cannot be a co-host: it needs an account."))
    if person.role == Role.HOST:
        raise Refused("participant.is-host", _("This person is the host."))
    person.role = Role.COHOST if cohost else Role.PARTICIPANT
    person.save(update_fields=["role", "updated_at"])
    record(action=Action.PARTICIPANT_ROLE_CHANGED, entity=person, actor=host.user, role=person.role)
    person.meeting = host.meeting
    tell(host.meeting, "participant.updated", participant=participant_state(person))


def _pair(participant_id: UUID, target: UUID) -> tuple[Participant, Participant]:
    host = access.hosting(participant_id)
    return host, access.other(host, target)


def _stop(host: Participant, person: Participant, source: Source) -> bool:
    if person.role == Role.HOST and host.role != Role.HOST:
        raise Refused("participant.is-host", _("Only the host decides that for the host."))
    if not getattr(person, f"{source}_on"):
        return False
    setattr(person, f"{source}_on", False)
    person.save(update_fields=[f"{source}_on", "updated_at"])
    person.meeting = host.meeting
    tell(host.meeting, "media.stopped", participant=person.pk, source=source, by=host.name, moderated=True)
    tell(host.meeting, "participant.updated", participant=participant_state(person))
    return True


def _lower(host: Participant, person: Participant) -> None:
    if hands.take_down(Participant.objects.filter(pk=person.pk)):
        tell(host.meeting, "hand.lowered", participant=person.pk)
