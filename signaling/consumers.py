"""The call's socket: a list of commands. What they mean is in services."""

from typing import Any
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from accounts.sessions import session_of
from realtime import topics
from realtime.commands import command
from realtime.consumers import RENEWAL, CommandConsumer
from realtime.database import in_database
from realtime.limits import TokenBucket
from realtime.refusals import Close, Refused
from rooms import access
from rooms.lookups import guarded
from rooms.models import Participant
from rooms.services import admission
from rooms.visitors import visitor_of
from signaling import commands
from signaling.ice import ice_servers
from signaling.renewals import Renewals
from signaling.services import hosting, presence, states
from signaling.shared import shared_snapshot, snapshot_for


class CallConsumer(CommandConsumer):
    participant_id: UUID
    meeting_id: UUID
    token: UUID | None = None

    @command("meeting.join", before_join=True)
    async def join(self, payload: commands.Join) -> dict[str, Any]:
        if self.joined:
            raise Refused("meeting.already-joined", _("This socket has joined already."))
        wish = admission.Wish(payload.microphone, payload.camera, payload.move, payload.resume)
        admitted = await in_database(self._admit, wish)
        participant = admitted.participant
        self.participant_id, self.meeting_id = participant.pk, participant.meeting_id
        self.token = participant.connection.token
        self._reactions = TokenBucket(rate=1, burst=5)
        snapshot = await self._listen(participant)
        return {
            "you": participant.pk,
            "connection": self.token,
            "returned": admitted.returned,
            "renewal": RENEWAL,
            "ice_servers": ice_servers(participant.pk),
            "snapshot": snapshot,
        }

    def _admit(self, wish: admission.Wish) -> admission.Admission:
        visitor = visitor_of(*session_of(self.scope))
        code = self.scope["url_route"]["kwargs"]["code"]
        address = (self.scope.get("client") or [""])[0]
        return guarded(address, lambda: admission.join(code=code, visitor=visitor, wish=wish))

    async def _listen(self, participant: Participant) -> msgspec.Raw:
        heard = [topics.meeting(self.meeting_id), topics.inside(self.meeting_id)]
        if participant.user_id:
            heard.append(topics.user(participant.user_id))
        await self.joined_topics(
            *heard,
            participant=str(participant.pk),
            connection=str(self.token),
            session=participant.connection.session_key,
        )
        try:
            return await snapshot_for(self.meeting_id, participant.connection.token)
        except Refused:  # taken out before this socket could hear of it
            self.outbox.close(Close.LEFT)
            raise

    async def disconnected(self) -> None:
        if self.token is not None:
            await in_database(presence.drop, participant_id=self.participant_id, token=self.token)

    @command("meeting.leave")
    async def leave(self, payload: commands.Empty) -> None:
        await in_database(presence.leave, participant_id=self.participant_id)

    @command("meeting.resync")
    async def resync(self, payload: commands.Empty) -> dict[str, msgspec.Raw]:
        await in_database(access.inside, self.participant_id)
        return {"snapshot": await shared_snapshot(self.meeting_id)}

    @command("connection.renew")
    async def renew(self, payload: commands.Renew) -> None:
        if self.token is not None:
            Renewals.here().add(self.token, self.meeting_id, payload.seq, self.outbox)

    @command("media.set")
    async def set_media(self, payload: commands.SetMedia) -> None:
        await in_database(states.set_media, participant_id=self.participant_id, source=payload.source, on=payload.on)

    @command("hand.raise")
    async def raise_hand(self, payload: commands.Empty) -> None:
        await in_database(states.raise_hand, participant_id=self.participant_id)

    @command("hand.lower")
    async def lower_hand(self, payload: commands.Empty) -> None:
        await in_database(states.lower_hand, participant_id=self.participant_id)

    @command("reaction.send")
    async def react(self, payload: commands.React) -> None:
        if not self._reactions.take():
            raise Refused("rate.exceeded", _("That was too often. Wait a moment and try again."))
        await in_database(states.react, participant_id=self.participant_id, emoji=payload.emoji)

    @command("offer")
    async def offer(self, payload: commands.Description) -> None:
        await self._pass_on(payload)

    @command("answer")
    async def answer(self, payload: commands.Description) -> None:
        await self._pass_on(payload)

    @command("candidate")
    async def candidate(self, payload: commands.Candidate) -> None:
        await self._pass_on(payload)

    async def _pass_on(self, payload: commands.Description | commands.Candidate) -> None:
        signal = {name: value for name, value in msgspec.structs.asdict(payload).items() if name not in {"id", "to"}}
        await in_database(states.pass_on, participant_id=self.participant_id, to=UUID(payload.to), signal=signal)

    @command("meeting.end")
    async def end(self, payload: commands.Empty) -> None:
        await in_database(hosting.end_meeting, participant_id=self.participant_id)

    @command("room.lock")
    async def lock(self, payload: commands.Empty) -> None:
        await in_database(hosting.lock, participant_id=self.participant_id, locked=True)

    @command("room.unlock")
    async def unlock(self, payload: commands.Empty) -> None:
        await in_database(hosting.lock, participant_id=self.participant_id, locked=False)

    @command("participant.remove")
    async def remove(self, payload: commands.Target) -> None:
        await in_database(hosting.remove, participant_id=self.participant_id, target=UUID(payload.participant))
