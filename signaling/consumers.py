"""The call's socket: a list of commands. What they mean is in services."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from accounts.sessions import session_of
from realtime import topics
from realtime.commands import command
from realtime.consumers import RENEWAL, CommandConsumer
from realtime.database import in_database
from realtime.envelope import write
from realtime.limits import TokenBucket
from realtime.refusals import Close, Refused
from rooms import access
from rooms.lookups import guarded
from rooms.models import Participant
from rooms.services import admission, queue
from rooms.visitors import visitor_of
from signaling import commands
from signaling.ice import ice_servers
from signaling.relays import Relays
from signaling.renewals import Renewals
from signaling.services import carrying, hosting, moderation, presence, roles, states
from signaling.shared import shared_snapshot, snapshot_for

NOTHING_MISSED = 2**53  # who waits is not told how much happens inside


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
        self._sits(participant)
        if admitted.place is not None:
            return await self._wait(participant, admitted.place)
        self._reactions = TokenBucket(rate=1, burst=5)
        snapshot = await self._listen(participant)
        return {
            "you": participant.pk,
            "connection": self.token,
            "returned": admitted.returned,
            "owner": admitted.owner,
            "renewal": RENEWAL,
            "ice_servers": ice_servers(participant.pk),
            "snapshot": snapshot,
        }

    def _sits(self, participant: Participant) -> None:
        self.participant_id, self.meeting_id = participant.pk, participant.meeting_id
        self.token = participant.connection.token

    async def _wait(self, participant: Participant, place: int) -> dict[str, Any]:
        await self.waits_on(topics.waiting(self.meeting_id), *_own(participant), **_labels(participant))
        message = await in_database(queue.message_of, participant.meeting)
        return {"waiting": place, "message": message, "connection": self.token, "renewal": RENEWAL}

    def _admit(self, wish: admission.Wish) -> admission.Admission:
        visitor = visitor_of(*session_of(self.scope))
        code = self.scope["url_route"]["kwargs"]["code"]
        address = (self.scope.get("client") or [""])[0]
        return guarded(address, lambda: admission.join(code=code, visitor=visitor, wish=wish))

    async def _listen(self, participant: Participant) -> msgspec.Raw:
        heard = (topics.meeting(self.meeting_id), topics.inside(self.meeting_id), *_own(participant))
        await self.joined_topics(*heard, **_labels(participant))
        try:
            return await snapshot_for(self.meeting_id, participant.connection.token)
        except Refused:  # taken out before this socket could hear of it
            self.outbox.close(Close.LEFT)
            raise

    async def disconnected(self) -> None:
        if self.token is not None:
            Relays.here().forget(self.meeting_id, self.participant_id, self._hear)
            await in_database(presence.drop, participant_id=self.participant_id, token=self.token)

    @command("meeting.leave")
    async def leave(self, payload: commands.Empty) -> None:
        await in_database(presence.leave, participant_id=self.participant_id)

    @command("meeting.resync")
    async def resync(self, payload: commands.Empty) -> dict[str, msgspec.Raw]:
        await in_database(access.inside, self.participant_id)
        return {"snapshot": await shared_snapshot(self.meeting_id)}

    @command("connection.renew", before_join=True)
    async def renew(self, payload: commands.Renew) -> dict[str, Any] | None:
        if self.token is None:
            raise access.not_joined()
        seq = payload.seq if self.joined else NOTHING_MISSED
        Renewals.here().add(self.token, self.meeting_id, seq, self.outbox)
        if self.joined:
            return None
        return await in_database(queue.state_of, participant_id=self.participant_id, token=self.token)

    @command("waiting.withdraw", before_join=True)
    async def withdraw(self, payload: commands.Empty) -> None:
        if self.token is None or self.joined:
            raise Refused("participant.not-waiting", _("You are not waiting."))
        await in_database(queue.withdraw, participant_id=self.participant_id)

    @command("waiting.list")
    async def list_waiting(self, payload: commands.Empty) -> dict[str, Any]:
        return {"people": await in_database(queue.people_waiting, participant_id=self.participant_id)}

    @command("waiting.admit")
    async def admit(self, payload: commands.Target) -> None:
        await in_database(queue.admit, participant_id=self.participant_id, target=UUID(payload.participant))

    @command("waiting.admit-all")
    async def admit_all(self, payload: commands.Empty) -> None:
        await in_database(queue.admit_all, participant_id=self.participant_id)

    @command("waiting.deny")
    async def deny(self, payload: commands.Target) -> None:
        await in_database(queue.deny, participant_id=self.participant_id, target=UUID(payload.participant))

    @command("participant.send-back")
    async def send_back(self, payload: commands.Target) -> None:
        await in_database(queue.send_back, participant_id=self.participant_id, target=UUID(payload.participant))

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

    @command("mesh.failed")
    async def report_path(self, payload: commands.Target) -> None:
        await self._moderate(carrying.report_path, payload)

    @command("relay.enter")
    async def enter_relay(self, payload: commands.Empty) -> None:
        seat = await in_database(carrying.seat_of, self.participant_id)
        await Relays.here().enter(seat, self._hear)

    @command("relay.publish")
    async def publish(self, payload: commands.Publish) -> dict[str, Any]:
        return {"sdp": (await self._relay("publish", sdp=payload.sdp, mids=payload.mids))["sdp"]}

    @command("relay.accept")
    async def accept(self, payload: commands.Accept) -> None:
        accepted = {"version": payload.version, "fingerprint": payload.fingerprint, "ufrag": payload.ufrag}
        await self._relay("accept", **accepted)

    @command("relay.want")
    async def want(self, payload: commands.Want) -> None:
        await self._relay("want", heights=payload.heights)

    @command("relay.restart")
    async def restart(self, payload: commands.Empty) -> None:
        await self._relay("restart")

    async def _relay(self, verb: str, **fields: Any) -> dict[str, Any]:
        return await Relays.here().ask(verb, self.meeting_id, self.participant_id, **fields)

    def _hear(self, event: dict[str, Any]) -> None:
        self.outbox.put(write(event))

    @command("meeting.end")
    async def end(self, payload: commands.Empty) -> None:
        await in_database(hosting.end_meeting, participant_id=self.participant_id)

    @command("meeting.suspend")
    async def suspend(self, payload: commands.Empty) -> None:
        await in_database(hosting.suspend, participant_id=self.participant_id)

    @command("meeting.resume")
    async def resume(self, payload: commands.Empty) -> None:
        await in_database(hosting.resume, participant_id=self.participant_id)

    @command("room.lock")
    async def lock(self, payload: commands.Empty) -> None:
        await in_database(hosting.lock, participant_id=self.participant_id, locked=True)

    @command("room.unlock")
    async def unlock(self, payload: commands.Empty) -> None:
        await in_database(hosting.lock, participant_id=self.participant_id, locked=False)

    @command("room.switch")
    async def switch(self, payload: commands.Switch) -> None:
        how = {"setting": payload.setting, "on": payload.on}
        await in_database(hosting.switch, participant_id=self.participant_id, **how)

    @command("media.stop")
    async def stop_source(self, payload: commands.Stop) -> None:
        await self._moderate(moderation.stop_source, payload, source=payload.source)

    @command("media.mute-all")
    async def mute_all(self, payload: commands.MuteAll) -> None:
        await in_database(moderation.mute_all, participant_id=self.participant_id, may_unmute=payload.may_unmute)

    @command("unmute.ask")
    async def ask_to_unmute(self, payload: commands.Target) -> None:
        await self._moderate(moderation.ask_to_unmute, payload)

    @command("hand.lower-other")
    async def lower_hand_of(self, payload: commands.Target) -> None:
        await self._moderate(moderation.lower_hand_of, payload)

    @command("hand.lower-all")
    async def lower_all_hands(self, payload: commands.Empty) -> None:
        await in_database(moderation.lower_all_hands, participant_id=self.participant_id)

    @command("spotlight.set")
    async def set_spotlight(self, payload: commands.Target) -> None:
        await self._moderate(moderation.set_spotlight, payload)

    @command("spotlight.clear")
    async def clear_spotlight(self, payload: commands.Empty) -> None:
        await in_database(moderation.clear_spotlight, participant_id=self.participant_id)

    @command("participant.rename")
    async def rename(self, payload: commands.Rename) -> None:
        await self._moderate(moderation.rename, payload, name=payload.name)

    @command("participant.remove")
    async def remove(self, payload: commands.Remove) -> None:
        await self._moderate(moderation.remove, payload, may_return=payload.may_return)

    @command("cohost.make")
    async def make_cohost(self, payload: commands.Target) -> None:
        await self._moderate(roles.set_cohost, payload, cohost=True)

    @command("cohost.revoke")
    async def revoke_cohost(self, payload: commands.Target) -> None:
        await self._moderate(roles.set_cohost, payload, cohost=False)

    @command("host.hand-over")
    async def hand_over(self, payload: commands.Target) -> None:
        await self._moderate(roles.hand_over, payload)

    @command("host.take")
    async def take_host(self, payload: commands.Empty) -> None:
        await in_database(roles.take, participant_id=self.participant_id)

    async def _moderate(self, service: Callable[..., None], payload: commands.Target, **how: Any) -> None:
        await in_database(service, participant_id=self.participant_id, target=UUID(payload.participant), **how)

    async def refused(self, command: str, refusal: Refused) -> None:
        if refusal.code == access.NOT_HOSTING:
            how = {"command": command, "code": refusal.code}
            await in_database(hosting.note_refusal, participant_id=self.participant_id, **how)


def _own(participant: Participant) -> list[str]:
    return [topics.user(participant.user_id)] if participant.user_id else []


def _labels(participant: Participant) -> dict[str, str]:
    connection = participant.connection
    return {
        "participant": str(participant.pk),
        "connection": str(connection.token),
        "session": connection.session_key,
    }
