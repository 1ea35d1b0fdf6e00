"""This process's lines to the workers of the relay (docs/relay.md). A meeting's media is on one of them."""

import asyncio
import contextlib
import logging
import socket
from collections import defaultdict
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any, Optional
from uuid import UUID
from zlib import crc32

import msgspec
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from realtime.envelope import write
from realtime.refusals import Refused
from signaling.services.carrying import Seat

logger = logging.getLogger(__name__)

PATIENCE = 5  # seconds for an answer
RETRY = 0.5  # seconds
LONGEST_LINE = 1024 * 1024  # bytes; an offer for a hundred people is some hundred thousand
WAITING = 4 * 1024 * 1024  # bytes that a worker has not taken yet

EVENTS = {
    "offer": "relay.offer",
    "layers": "relay.layers",
    "link": "relay.link",
    "speaker": "relay.speaker",
}

Hear = Callable[[dict[str, Any]], None]


def control_path(number: int) -> Path:
    return Path(settings.RELAY_DIR) / f"worker-{number}.sock"


def worker_of(meeting_id: UUID) -> int:
    return crc32(str(meeting_id).encode()) % int(settings.RELAY_WORKERS)


def unavailable() -> Refused:
    return Refused("relay.unavailable", _("The media relay cannot be reached. Trying again…"))


class Line:
    """To one worker: asks, posts, and passes on what it says to whoever entered by here."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: asyncio.StreamWriter | None = None
        self._ids = count(1)
        self._asked: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._hearing: defaultdict[str, dict[str, Hear]] = defaultdict(dict)

    async def keep(self) -> None:
        while True:
            try:
                await self._talk()
            except (OSError, ValueError, LookupError) as error:  # away, or not what it should be
                logger.debug("No line to the relay's worker %s: %s", self._path.name, error)
            finally:
                self._lost()
            await asyncio.sleep(RETRY)

    async def _talk(self) -> None:
        reader, self._writer = await asyncio.open_unix_connection(self._path, limit=LONGEST_LINE)
        while line := await reader.readline():
            self._take(msgspec.json.decode(line))

    def _lost(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        asked, self._asked = self._asked, {}
        for answer in asked.values():
            if not answer.done():
                answer.set_exception(unavailable())
        hearing, self._hearing = self._hearing, defaultdict(dict)
        for people in hearing.values():
            for hear in people.values():
                hear({"type": "relay.reset"})

    async def ask(self, verb: str, **fields: Any) -> dict[str, Any]:
        number = next(self._ids)
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._asked[number] = answer
        try:
            self.post({"type": verb, "id": number, **fields})
            async with asyncio.timeout(PATIENCE):
                return await answer
        except TimeoutError as error:
            raise unavailable() from error
        finally:
            self._asked.pop(number, None)

    def post(self, message: dict[str, Any]) -> None:
        if self._writer is None:
            raise unavailable()
        if self._writer.transport.get_write_buffer_size() > WAITING:
            self._writer.transport.abort()
            raise unavailable()
        self._writer.write(write(message).encode() + b"\n")

    async def enter(self, seat: Seat, hear: Hear) -> None:
        meeting, participant = str(seat.meeting_id), str(seat.participant_id)
        self._hearing[meeting][participant] = hear
        granted = {"sources": seat.sources, "receive": True, "seq": seat.seq}
        await self.ask("join", meeting=meeting, participant=participant, **granted)

    def forget(self, meeting: str, participant: str, hear: Hear) -> None:
        if self._hearing.get(meeting, {}).get(participant) == hear:
            del self._hearing[meeting][participant]
            if not self._hearing[meeting]:
                del self._hearing[meeting]

    def _take(self, message: dict[str, Any]) -> None:
        kind = message.pop("type")
        if kind in {"done", "refused"}:
            self._answer(kind, message)
            return
        people = self._hearing.get(message.pop("meeting"), {})
        event = {"type": EVENTS[kind], **message}
        if kind == "speaker":
            for hear in people.values():
                hear(event)
        elif hear_one := people.get(event.pop("participant")):
            hear_one(event)

    def _answer(self, kind: str, message: dict[str, Any]) -> None:
        answer = self._asked.get(message.pop("id"))
        if answer is None or answer.done():
            return
        if kind == "done":
            answer.set_result(message)
        else:
            answer.set_exception(Refused(message["code"], message["text"]))


class Relays:
    """The lines of one process and event loop."""

    current: Optional["Relays"] = None

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._lines = [Line(control_path(number)) for number in range(settings.RELAY_WORKERS)]

    @classmethod
    def here(cls) -> "Relays":
        if cls.current is None or cls.current._loop is not asyncio.get_running_loop():
            cls.current = cls()
        return cls.current

    @classmethod
    def running(cls) -> Optional["Relays"]:
        return cls.current if cls.current and not cls.current._loop.is_closed() else None

    async def keep(self) -> None:
        async with asyncio.TaskGroup() as lines:
            for line in self._lines:
                lines.create_task(line.keep())

    def _of(self, meeting_id: UUID) -> Line:
        if not self._lines:
            raise unavailable()
        return self._lines[worker_of(meeting_id)]

    async def enter(self, seat: Seat, hear: Hear) -> None:
        await self._of(seat.meeting_id).enter(seat, hear)

    async def ask(self, verb: str, meeting_id: UUID, participant_id: UUID, **fields: Any) -> dict[str, Any]:
        line = self._of(meeting_id)
        return await line.ask(verb, meeting=str(meeting_id), participant=str(participant_id), **fields)

    def forget(self, meeting_id: UUID, participant_id: UUID, hear: Hear) -> None:
        if self._lines:
            self._of(meeting_id).forget(str(meeting_id), str(participant_id), hear)

    def post_soon(self, meeting_id: UUID, message: dict[str, Any]) -> None:
        """From any thread."""
        self._loop.call_soon_threadsafe(self._post, meeting_id, message)

    def _post(self, meeting_id: UUID, message: dict[str, Any]) -> None:
        with contextlib.suppress(Refused):  # a worker that is away has nobody to take anything from
            self._of(meeting_id).post(message)


def post(meeting_id: UUID, message: dict[str, Any]) -> None:
    """One way to the worker of this meeting, also from a process that serves nobody."""
    relays = Relays.running()
    if relays is not None:
        relays.post_soon(meeting_id, message)
        return
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as line:
        line.settimeout(RETRY)
        line.connect(str(control_path(worker_of(meeting_id))))
        line.sendall(write(message).encode() + b"\n")


def figures(number: int) -> dict[str, float]:
    """What a worker counts, by name (docs/relay.md); OSError from one that is away or does not answer."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(RETRY)
        line.connect(str(control_path(number)))
        line.sendall(b'{"type":"stats","id":1}\n')
        with line.makefile("rb") as answers:
            answer = answers.readline()
    if not answer:
        raise ConnectionError("it hung up")
    found: dict[str, float] = msgspec.json.decode(answer)["figures"]
    return found


async def keep_relays() -> None:
    """Runs in every web process for as long as it lives."""
    await Relays.here().keep()
