"""What people in a call do with their own microphone, camera, screen and hand."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from realtime import topics
from realtime.broadcast import broadcast
from realtime.refusals import Refused
from rooms import access
from rooms.events import tell, tell_in_passing, tell_updated
from rooms.models import Participant, RoomSettings
from rooms.services import hands
from rooms.services.sources import Source, stop

EMOJI = ("👍", "👏", "❤️", "😂", "😮", "🎉", "🙏", "👎")


@transaction.atomic
def set_media(*, participant_id: UUID, source: Source, on: bool) -> None:
    """Says whether a source is sent. Refused where the room does not allow it."""
    participant = access.admitted(participant_id)
    if on:
        _refuse_source(participant, source)
    if on and source == "screen":
        _take_presentation(participant)
    setattr(participant, f"{source}_on", on)
    participant.save(update_fields=[f"{source}_on", "updated_at"])
    tell_updated(participant)


def _refuse_source(participant: Participant, source: Source) -> None:
    settings: RoomSettings = participant.meeting.room.settings  # type: ignore[union-attr]
    if participant.is_hosting:
        return
    if participant.meeting.is_suspended:
        raise access.suspended()
    if source == "microphone" and not settings.allow_unmute:
        raise Refused("microphone.not-allowed", _("The host does not allow unmuting."))
    if source == "camera" and not settings.allow_camera:
        raise Refused("camera.not-allowed", _("The host does not allow cameras."))
    if source == "screen" and not settings.allow_screen_share:
        raise Refused("screen.not-allowed", _("The host does not allow screen sharing."))


def _take_presentation(participant: Participant) -> None:
    """One presenter at a time: the newest takes over, and the one before is told who did."""
    before = participant.meeting.participants.admitted().filter(screen_on=True).exclude(pk=participant.pk)
    for presenter in before.select_related("user", "connection"):
        presenter.meeting = participant.meeting
        stop(presenter, "screen", by=participant.name, moderated=False)


@transaction.atomic
def raise_hand(*, participant_id: UUID) -> None:
    participant = access.admitted(participant_id)
    if hands.put_up(participant):
        tell(participant.meeting, "hand.raised", participant=participant.pk, at=participant.hand_raised_at)


@transaction.atomic
def lower_hand(*, participant_id: UUID) -> None:
    participant = access.admitted(participant_id)
    if hands.take_down(Participant.objects.filter(pk=participant.pk)):
        tell(participant.meeting, "hand.lowered", participant=participant.pk)


@transaction.atomic
def react(*, participant_id: UUID, emoji: str) -> None:
    participant = access.admitted(participant_id)
    if emoji not in EMOJI:
        raise Refused("reaction.unknown", _("This reaction does not exist."))
    if participant.meeting.is_suspended and not participant.is_hosting:
        raise access.suspended()
    if not participant.meeting.room.settings.allow_reactions:  # type: ignore[union-attr]
        raise Refused("reaction.not-allowed", _("The host does not allow reactions."))
    tell_in_passing(participant.meeting, "reaction.sent", participant=participant.pk, emoji=emoji)


@transaction.atomic
def pass_on(*, participant_id: UUID, to: UUID, signal: dict[str, object]) -> None:
    """Hands an offer, answer or candidate to one person of the same meeting, stamped with who sent it."""
    actor = access.admitted(participant_id)
    receiver = access.other(actor, to)
    broadcast(topics.meeting(actor.meeting_id), {**signal, "from": actor.pk}, to={"participant": str(receiver.pk)})
