"""Fan-out: an event crosses the channel layer once per process, then reaches this process's sockets from here.

A channel layer may drop, so what is sent carries a sequence number and can be healed by a snapshot.
"""

import asyncio
import contextlib
import contextvars
import logging
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, TypedDict

from channels.layers import get_channel_layer

from realtime import metrics
from realtime.outbox import Outbox
from realtime.refusals import Close

logger = logging.getLogger(__name__)

GATHERING = 0.1  # seconds in which joins and leaves become one frame


class Delivery(TypedDict):
    """One frame on its way. `match` narrows it to sockets whose labels have one of these values, and the others get
    `rest`, if there is one; `soon` may wait to be gathered.
    """

    type: str
    topic: str
    frame: str
    match: dict[str, list[str]]
    rest: str
    soon: bool
    close: int


class Subscriber:
    """A socket as the hub sees it: where to write, and what may be asked of it in `match`."""

    __slots__ = ("labels", "outbox", "topics")

    def __init__(self, outbox: Outbox) -> None:
        self.outbox = outbox
        self.labels: dict[str, str] = {}
        self.topics: set[str] = set()


class Hub:
    """The hub of one process and event loop."""

    current: "Hub | None" = None

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self._layer = get_channel_layer()
        self._channel: str | None = None
        self._topics: defaultdict[str, set[Subscriber]] = defaultdict(set)
        self._gathered: defaultdict[str, list[str]] = defaultdict(list)
        self._outgoing: asyncio.Queue[Delivery] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._subscribing = asyncio.Lock()

    @classmethod
    def here(cls) -> "Hub":
        """The running loop's hub, made when first asked for."""
        if cls.current is None or cls.current.loop is not asyncio.get_running_loop():
            cls.current = cls()
        return cls.current

    @classmethod
    def running(cls) -> "Hub | None":
        hub = cls.current
        return hub if hub is not None and hub.loop.is_running() else None

    async def subscribe(self, subscriber: Subscriber, topic: str) -> None:
        async with self._subscribing:
            if self._channel is None:
                self._channel = await self._layer.new_channel("hub.")
                self._run(self._receive(self._channel))
                self._run(self._publish())
            if not self._topics[topic]:
                await self._layer.group_add(topic, self._channel)
            self._topics[topic].add(subscriber)
            subscriber.topics.add(topic)

    async def unsubscribe(self, subscriber: Subscriber) -> None:
        async with self._subscribing:
            for topic in subscriber.topics:
                listeners = self._topics[topic]
                listeners.discard(subscriber)
                if not listeners:
                    del self._topics[topic]
                    self._gathered.pop(topic, None)
                    await self._layer.group_discard(topic, self._channel)
            subscriber.topics.clear()

    def publish(self, delivery: Delivery) -> None:
        """Hands an event to every process. Called on the loop; from threads by `broadcast`."""
        if self._channel is None:
            self._run(self._send(delivery))
        else:
            self._outgoing.put_nowait(delivery)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _run(self, coroutine: Any) -> None:
        # Not in the context of the socket that happened to come first: its id is in the log for its own lines.
        task = self.loop.create_task(coroutine, context=contextvars.Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _publish(self) -> None:
        while not _told_to_end():
            await self._send(await self._outgoing.get())

    async def _send(self, delivery: Delivery) -> None:
        try:
            await self._layer.group_send(delivery["topic"], delivery)
        except Exception:  # whatever the layer's backend raises while its server is away
            logger.exception("An event was lost on its way to the channel layer; readers will resync.")

    async def _receive(self, channel: str) -> None:
        while not _told_to_end():
            try:
                self.deliver(await self._layer.receive(channel))
            except Exception:
                logger.exception("The channel layer failed; events until it is back are healed by resync.")
                await asyncio.sleep(1)

    def deliver(self, delivery: Delivery) -> None:
        topic = delivery["topic"]
        if topic not in self._topics:
            return
        if delivery["soon"] and not delivery["match"]:  # what is gathered goes to everybody
            if not self._gathered[topic]:
                self.loop.call_later(GATHERING, self._flush, topic)
            self._gathered[topic].append(delivery["frame"])
            return
        self._flush(topic)  # what was gathered came first
        self._fan_out(topic, delivery)

    def _flush(self, topic: str) -> None:
        frames = self._gathered.pop(topic, None)
        if frames:
            text = frames[0] if len(frames) == 1 else f"[{','.join(frames)}]"
            _put(text, self._topics.get(topic, set()))

    def _fan_out(self, topic: str, delivery: Delivery) -> None:
        meant = _matching(self._topics[topic], delivery["match"])
        if delivery["frame"]:
            _put(delivery["frame"], meant)
        if delivery["rest"]:
            _put(delivery["rest"], self._topics[topic] - meant)
        if delivery["close"]:
            for subscriber in meant:
                subscriber.outbox.close(Close(delivery["close"]))


def _put(frame: str, listeners: set[Subscriber]) -> None:
    metrics.event_frames.inc(len(listeners))
    for subscriber in listeners:
        subscriber.outbox.put(frame)


def _matching(subscribers: set[Subscriber], match: Mapping[str, list[str]]) -> set[Subscriber]:
    if not match:
        return subscribers
    return {one for one in subscribers if all(one.labels.get(label) in values for label, values in match.items())}


def _told_to_end() -> bool:
    """Whether this task was cancelled in a moment in which the layer's client let the cancellation get lost."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


@contextlib.asynccontextmanager
async def running_hub() -> Any:
    """The hub of a server process, from start-up to shutdown."""
    hub = Hub.here()
    try:
        yield hub
    finally:
        await hub.close()
        Hub.current = None
