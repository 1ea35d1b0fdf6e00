"""Seats of a relay for the load's peers, over the worker's control socket."""

import asyncio
import json
from collections import defaultdict
from typing import Any

from relay.load.description import Remote
from relay.load.peer import PATIENCE
from relay.load.publisher import Publisher
from relay.load.receiver import Receiver
from relay.refusals import Refused

HEIGHT = 720
LONGEST = 1 << 20  # a line of the worker


class Control:
    """One connection to a worker."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._offers: defaultdict[tuple[str, str], asyncio.Queue[dict[str, Any]]] = defaultdict(asyncio.Queue)
        self._up: defaultdict[tuple[str, str, str], asyncio.Event] = defaultdict(asyncio.Event)
        self._number = 0
        self._reading = asyncio.get_running_loop().create_task(self._read(reader))

    @classmethod
    async def open(cls, path: str) -> "Control":
        return cls(*await asyncio.open_unix_connection(path, limit=LONGEST))

    async def ask(self, kind: str, **fields: Any) -> dict[str, Any]:
        self._number += 1
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._answers[self._number] = answer
        self._writer.write(json.dumps({"type": kind, "id": self._number, **fields}).encode() + b"\n")
        return await answer

    async def publish(self, meeting: str, participant: str, publisher: Publisher) -> None:
        seat = {"meeting": meeting, "participant": participant}
        await self.ask("join", **seat, sources=["camera"], receive=False)
        done = await self.ask("publish", **seat, sdp=publisher.description(), mids={"0": "camera"})
        await publisher.connect(Remote.parse(done["sdp"]))
        await self._connected(meeting, participant, "uplink")

    async def receive(self, meeting: str, participant: str, receiver: Receiver, publishers: list[str]) -> None:
        """Everybody's camera; `publishers` are there already."""
        seat = {"meeting": meeting, "participant": participant}
        await self.ask("join", **seat, sources=["camera"], receive=True)
        await self.ask("want", **seat, heights={f"{name}/camera": HEIGHT for name in publishers})
        offer = await self._offers[meeting, participant].get()
        ourselves = receiver.ourselves
        fingerprint = f"sha-256 {ourselves.fingerprint}"
        await self.ask("accept", **seat, version=offer["version"], fingerprint=fingerprint, ufrag=ourselves.ufrag)
        await receiver.connect(Remote.parse(offer["sdp"]))
        await self._connected(meeting, participant, "downlink")

    async def _connected(self, meeting: str, participant: str, kind: str) -> None:
        """Until the worker knows too: before that nothing is forwarded."""
        await asyncio.wait_for(self._up[meeting, participant, kind].wait(), PATIENCE)

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while line := await reader.readline():
            message = json.loads(line)
            if message["type"] == "offer":
                self._offers[message["meeting"], message["participant"]].put_nowait(message)
            elif message["type"] == "link" and message["state"] == "connected":
                self._up[message["meeting"], message["participant"], message["link"]].set()
            elif answer := self._answers.pop(message.get("id") or 0, None):
                if message["type"] == "refused":
                    answer.set_exception(Refused(message["code"], message["text"]))
                else:
                    answer.set_result(message)

    def close(self) -> None:
        self._reading.cancel()
        self._writer.close()
