"""The chat's socket: a list of commands. What they mean is in services."""

from collections.abc import Callable
from typing import Any
from uuid import UUID
from weakref import WeakValueDictionary

from django.utils.translation import gettext_lazy as _

from accounts.sessions import session_of
from chat import access, commands, history
from chat.events import message_state
from chat.models import Message
from chat.refusals import too_often
from chat.services import responding, revising, talking
from realtime import topics
from realtime.commands import command
from realtime.consumers import RENEWAL, CommandConsumer
from realtime.database import in_database
from realtime.limits import TokenBucket
from realtime.refusals import Close, Refused
from rooms import access as rooms
from rooms.models import Attendance, Participant
from rooms.visitors import visitor_of

MESSAGES_PER_SECOND = 1
MESSAGES_AT_ONCE = 5
TYPING_PER_SECOND = 1
TYPING_AT_ONCE = 4

_paces: WeakValueDictionary[UUID, TokenBucket] = WeakValueDictionary()  # one for all sockets of a person


class ChatConsumer(CommandConsumer):
    thread_id: UUID
    participant_id: UUID

    @command("thread.join", before_join=True)
    async def join(self, payload: commands.Empty) -> dict[str, Any]:
        if self.joined:
            raise Refused("thread.already-joined", _("This socket has joined already."))
        person, heard, labels = await in_database(self._find)
        self.thread_id = self.scope["url_route"]["kwargs"]["thread"]
        self.participant_id = person
        self._pace = _paces.setdefault(person, TokenBucket(rate=MESSAGES_PER_SECOND, burst=MESSAGES_AT_ONCE))
        self._typing = TokenBucket(rate=TYPING_PER_SECOND, burst=TYPING_AT_ONCE)
        await self.joined_topics(*heard, **labels)
        try:
            state = await in_database(self._snapshot)
        except Refused:  # taken out between the two readings, unheard
            self.outbox.close(Close.LEFT)
            raise
        return {"you": person, "renewal": RENEWAL, **state}

    def _find(self) -> tuple[UUID, list[str], dict[str, str]]:
        visitor = visitor_of(*session_of(self.scope))
        thread_id = self.scope["url_route"]["kwargs"]["thread"]
        person = access.participant_in(thread_id, visitor)
        return person.pk, _topics(thread_id, person), _labels(person, visitor.session_key)

    def _snapshot(self) -> dict[str, Any]:
        return history.snapshot(rooms.inside(self.participant_id))

    @command("thread.resync")
    async def resync(self, payload: commands.Empty) -> dict[str, Any]:
        return await in_database(self._snapshot)

    @command("thread.read")
    async def read(self, payload: commands.Read) -> None:
        await in_database(talking.mark_read, participant_id=self.participant_id, number=payload.number)

    @command("message.send")
    async def send_message(self, payload: commands.Send) -> dict[str, Any]:
        self._in_time()
        message = await in_database(
            _state_after,
            talking.post_message,
            participant_id=self.participant_id,
            text=payload.content,
            client_id=UUID(payload.client_id),
            reply_to=UUID(payload.reply_to) if payload.reply_to else None,
            to=UUID(payload.to) if payload.to else None,
            mentions=[UUID(one) for one in payload.mentions],
        )
        return {"message": message}

    @command("message.edit")
    async def edit_message(self, payload: commands.Edit) -> dict[str, Any]:
        self._in_time()
        message = await in_database(
            _state_after,
            revising.edit_message,
            participant_id=self.participant_id,
            message_id=UUID(payload.message),
            text=payload.content,
            mentions=[UUID(one) for one in payload.mentions],
        )
        return {"message": message}

    @command("message.delete")
    async def delete_message(self, payload: commands.Delete) -> None:
        await in_database(revising.delete_message, participant_id=self.participant_id, message_id=UUID(payload.message))

    @command("message.react")
    async def react(self, payload: commands.React) -> dict[str, Any]:
        self._in_time()
        reactions = await in_database(
            responding.react,
            participant_id=self.participant_id,
            message_id=UUID(payload.message),
            emoji=payload.emoji,
            on=payload.on,
        )
        return {"reactions": reactions}

    @command("typing.set")
    async def set_typing(self, payload: commands.Typing) -> None:
        if not self._typing.take():
            raise too_often()
        await in_database(talking.note_typing, participant_id=self.participant_id, on=payload.on)

    def _in_time(self) -> None:
        if not self._pace.take():
            raise too_often()

    @command("message.list")
    async def list_messages(self, payload: commands.List) -> dict[str, Any]:
        return await in_database(self._older, payload.before)

    def _older(self, before: int) -> dict[str, Any]:
        return history.older(reader=rooms.inside(self.participant_id), before=before)

    @command("message.search")
    async def search(self, payload: commands.Search) -> dict[str, Any]:
        self._in_time()
        return {"messages": await in_database(self._found, payload.text)}

    def _found(self, text: str) -> list[dict[str, Any]]:
        return history.search(reader=rooms.inside(self.participant_id), text=text)

    @command("connection.renew")
    async def renew(self, payload: commands.Empty) -> dict[str, Any]:
        """Breaks the silence after which a socket is closed, and tells a page that missed the last event."""
        return {"seq": await in_database(history.current_seq, self.thread_id)}


def _state_after(verb: Callable[..., Message], **fields: Any) -> dict[str, Any]:
    return message_state(verb(**fields))


def _topics(thread_id: UUID, person: Participant) -> list[str]:
    mine = [topics.user(person.user_id)] if person.user_id else []
    return [topics.thread(thread_id), topics.inside(thread_id), *mine]


def _labels(person: Participant, session_key: str) -> dict[str, str]:
    stay = Attendance.objects.filter(participant=person).latest("joined_at")
    return {"participant": str(person.pk), "session": session_key, "stay": str(stay.pk)}
