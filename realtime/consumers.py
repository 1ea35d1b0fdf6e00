"""One consumer base: origin, size, rate and silence are checked here, then a command goes to its method."""

import asyncio
import contextlib
import logging
from math import inf
from time import monotonic
from typing import Any, ClassVar
from urllib.parse import urlsplit

from channels.consumer import AsyncConsumer
from django.conf import settings
from django.http.request import validate_host
from django.utils.translation import gettext_lazy as _

from realtime import metrics
from realtime.commands import Command, commands_of
from realtime.envelope import Payload, read, read_head, write
from realtime.hub import Hub, Subscriber
from realtime.limits import TokenBucket
from realtime.outbox import Outbox
from realtime.refusals import Close, Refused

logger = logging.getLogger(__name__)

MAX_MESSAGE = 72 * 1024  # characters: an SDP of 64 kB and its envelope
SILENCE_BEFORE_JOIN = 10.0  # seconds
SILENCE = 40.0  # seconds; clients renew every RENEWAL
RENEWAL = 8.0  # seconds
COMMANDS_PER_SECOND = 30
COMMANDS_AT_ONCE = 150  # a join with its ICE candidates for three peers
ABUSES = 50  # malformed or too many, until the socket is closed


class CommandConsumer(AsyncConsumer):  # type: ignore[misc]
    """A socket that takes commands and gives events. Subclasses list `@command` methods of at most 20 lines."""

    commands: ClassVar[dict[str, Command]] = {}
    kind: ClassVar[str] = ""  # of socket, for who counts them

    def __init_subclass__(cls) -> None:
        cls.kind = cls.__name__.removesuffix("Consumer").lower()
        cls.commands = commands_of(cls)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        self.scope = scope
        if (await receive())["type"] != "websocket.connect":
            return
        if not origin_allowed(scope):
            await send({"type": "websocket.close", "code": 4403})
            return
        await send({"type": "websocket.accept"})
        self.outbox = Outbox(send)
        self.subscriber = Subscriber(self.outbox)
        self.joined = False
        self._bucket = TokenBucket(rate=COMMANDS_PER_SECOND, burst=COMMANDS_AT_ONCE)
        self._abuses = 0
        self._join_by = monotonic() + SILENCE_BEFORE_JOIN  # refused commands buy no time
        began = monotonic()
        metrics.sockets.labels(self.kind).inc()
        try:
            await self._serve(receive)
        finally:
            metrics.sockets.labels(self.kind).dec()
            logger.info("A %s socket ended after %d s.", self.kind, monotonic() - began)
            self.outbox.abandon()
            await asyncio.shield(self._leave())

    async def joined_topics(self, *topics: str, **labels: str) -> None:
        """From here on this socket hears these topics, and silence is allowed for longer."""
        self.joined = True
        await self._listen_to(topics, labels)

    async def waits_on(self, *topics: str, **labels: str) -> None:
        """Hears these topics only, and may stay although it has not joined."""
        self._join_by = inf
        await self._listen_to(topics, labels)

    async def _listen_to(self, heard: tuple[str, ...], labels: dict[str, str]) -> None:
        await Hub.here().unsubscribe(self.subscriber)
        self.subscriber.labels = labels
        for topic in heard:
            await Hub.here().subscribe(self.subscriber, topic)

    async def disconnected(self) -> None:
        """For subclasses: the socket is gone, however it went."""

    async def refused(self, command: str, refusal: Refused) -> None:
        """For subclasses: a command was answered with no."""

    async def _leave(self) -> None:
        await Hub.here().unsubscribe(self.subscriber)
        await self.disconnected()

    async def _serve(self, receive: Any) -> None:
        while True:
            message = await self._next(receive)
            if message is None or message["type"] == "websocket.disconnect":
                return
            await self._take(message.get("text"))

    async def _next(self, receive: Any) -> dict[str, Any] | None:
        """The next message; None when the socket is stuck or was silent for too long."""
        receiving: asyncio.Future[dict[str, Any]] = asyncio.ensure_future(receive())
        try:
            events: set[asyncio.Future[Any]] = {receiving, self.outbox.broken}
            await asyncio.wait(
                events,
                timeout=SILENCE if self.joined else min(SILENCE, max(0.0, self._join_by - monotonic())),
                return_when=asyncio.FIRST_COMPLETED,
            )
            if receiving.done():
                return receiving.result()
        finally:
            receiving.cancel()
        code = Close.SLOW_READER if self.outbox.broken.done() else Close.SILENT
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                self.outbox.close(code)
                await self.outbox.drained()
        return None

    async def _take(self, text: str | None) -> None:
        head = read_head(text) if text is not None and len(text) <= MAX_MESSAGE else None
        if text is None or head is None:
            self._abuse(Close.PROTOCOL_ABUSE)
            self.outbox.put(write(_refusal(None, Refused("message.invalid", _("This is not a command.")))))
            return
        self.outbox.asked()
        try:
            answer = {"type": "done", "id": head.id, **(await self._obey(head.type, text) or {})}
        except Refused as refused:
            answer = _refusal(head.id, refused)
            await self.refused(head.type, refused)
        except Exception:
            logger.exception("The command %s failed.", head.type)
            answer = _refusal(head.id, Refused("server.failed", _("Something went wrong on the server. Try again.")))
        self.outbox.answer(write(answer))

    async def _obey(self, name: str, text: str) -> dict[str, Any] | None:
        if not self._bucket.take():
            self._abuse(Close.FLOOD)
            raise Refused("rate.exceeded", _("That was too often. Wait a moment and try again."))
        command = self.commands.get(name)
        if command is None:
            self._abuse(Close.PROTOCOL_ABUSE)
            raise Refused("command.unknown", _("This server does not know that command."))
        if not (self.joined or command.before_join):
            raise Refused("meeting.not-joined", _("Join first."))
        with metrics.command_seconds.labels(name).time():
            answer: dict[str, Any] | None = await getattr(self, command.method)(self._read(text, command))
        return answer

    def _read(self, text: str, command: Command) -> Payload:
        try:
            return read(text, command.schema)
        except Refused:
            self._abuse(Close.PROTOCOL_ABUSE)
            raise

    def _abuse(self, code: Close) -> None:
        self._abuses += 1
        if self._abuses >= ABUSES:
            self.outbox.close(code)


def _refusal(command_id: int | None, refused: Refused) -> dict[str, Any]:
    metrics.refusals.labels(refused.code).inc()
    return {"type": "refused", "id": command_id, "code": refused.code, "text": refused.text}


def origin_allowed(scope: dict[str, Any]) -> bool:
    """Whether the page that opens this socket is ours (RFC 6455 §10.2): same host and port, or the public address."""
    headers = dict(scope["headers"])
    try:
        origin = urlsplit(headers.get(b"origin", b"").decode("latin-1"))
    except ValueError:  # what looks like an IPv6 address and is none
        return False
    if f"{origin.scheme}://{origin.netloc}" in settings.CSRF_TRUSTED_ORIGINS:
        return True
    host = headers.get(b"host", b"").decode("latin-1")
    return bool(host) and origin.netloc == host and validate_host(origin.hostname or "", settings.ALLOWED_HOSTS)
