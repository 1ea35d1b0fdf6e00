"""Who may send what through the relay, and when a meeting goes over to it."""

from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from realtime.refusals import Refused
from rooms import access
from rooms.models import Engine, RoomSettings
from rooms.services.engines import set_engine

GRANTED = {"microphone": ["microphone"], "camera": ["camera"], "screen": ["screen", "screen-audio"]}


class Seat(NamedTuple):
    """A participant as the relay knows them: what they may send at the meeting's event `seq`."""

    meeting_id: UUID
    participant_id: UUID
    sources: list[str]
    seq: int


def sources_of(state: dict[str, Any]) -> list[str]:
    """Of a person as in a snapshot: what is on may be sent."""
    return [source for switch, sources in GRANTED.items() if state[switch] for source in sources]


def seat_of(participant_id: UUID) -> Seat:
    person = access.inside(participant_id)
    if person.meeting.engine != Engine.RELAY:
        raise Refused("relay.not-used", _("This meeting goes directly from browser to browser."))
    state = {source: getattr(person, f"{source}_on") for source in GRANTED}
    return Seat(person.meeting_id, person.pk, sources_of(state), person.meeting.seq)


@transaction.atomic
def report_path(*, participant_id: UUID, target: UUID) -> None:
    """The direct way to somebody fails: where the room leaves the choice, the relay carries the meeting from now on."""
    reporter = access.admitted(participant_id)
    access.other(reporter, target)
    room_settings: RoomSettings = reporter.meeting.room.settings  # type: ignore[union-attr]
    if room_settings.engine == Engine.AUTO and settings.RELAY_WORKERS:
        set_engine(reporter.meeting, Engine.RELAY)
