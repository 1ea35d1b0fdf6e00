"""People in a meeting with its chat open; and people who are in it as far as the database knows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from accounts.models import User
from chat.services.talking import post_message
from rooms.models import Participant, Room
from rooms.services import admission
from rooms.visitors import Visitor, give_seat, visitor_of
from tests.wire import Wire, wire


@dataclass
class Chatter:
    call: Wire
    chat: Wire
    joined: dict[str, Any]

    async def say(self, content: str, client_id: str = "", **more: Any) -> dict[str, Any]:
        return await self.chat.ask("message.send", client_id=client_id or str(uuid4()), content=content, **more)

    @property
    def you(self) -> str:
        return str(self.joined["you"])

    async def say_to(self, other: "Chatter", content: str, **more: Any) -> dict[str, Any]:
        """Privately."""
        return await self.say(content, to=other.you, **more)

    async def state(self) -> dict[str, Any]:
        return await self.chat.ask("thread.resync")

    async def hear(self) -> dict[str, Any]:
        """The next message that a person wrote."""
        while True:
            event = await self.chat.event("message.posted")
            if event["message"]["type"] == "TEXT":
                return event["message"]

    async def leave(self) -> None:
        """On purpose. The server ends the call's socket, whether before or after it has answered."""
        await self.call.send_text('{"type": "meeting.leave", "id": 99}')
        assert await self.call.closed() == 4410


@asynccontextmanager
async def in_chat(room: Room, client: Client) -> AsyncIterator[Chatter]:
    async with wire(f"/ws/rooms/{room.code}/", client) as call:
        answer = await call.join()
        assert answer["type"] == "done", answer
        async with wire(f"/ws/chat/{call.snapshot['meeting']['id']}/", client) as chat:
            joined = await chat.ask("thread.join")
            assert joined["type"] == "done", joined
            yield Chatter(call, chat, joined)


@asynccontextmanager
async def in_chat_again(chatter: Chatter, client: Client) -> AsyncIterator[Chatter]:
    """A second chat socket of the same seat."""
    async with wire(f"/ws/chat/{chatter.call.snapshot['meeting']['id']}/", client) as chat:
        yield Chatter(chatter.call, chat, await chat.ask("thread.join"))


def seated(room: Room, user: User) -> Participant:
    return admission.join(code=room.code, visitor=Visitor(user), wish=admission.Wish(False, False)).participant


def seated_guest(room: Room, name: str = "Gina") -> Participant:
    session = SessionStore()
    give_seat(session, room, name)
    visitor: Visitor = visitor_of(_Nobody(), session)
    return admission.join(code=room.code, visitor=visitor, wish=admission.Wish(False, False)).participant


class _Nobody:
    is_authenticated = False


def said(participant: Participant, text: str, client_id: UUID | None = None, **more: Any) -> Any:
    return post_message(participant_id=participant.pk, text=text, client_id=client_id or uuid4(), **more)


def spoken(messages: list[dict[str, Any]]) -> list[str]:
    return [one["content"] for one in messages if one["type"] == "TEXT"]
