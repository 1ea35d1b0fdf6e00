"""Events leave when their transaction commits, encoded when they are made."""

from functools import partial
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

from realtime.envelope import write
from realtime.hub import Delivery, Hub
from realtime.refusals import Close

Labels = dict[str, str] | dict[str, list[str]]


def broadcast(
    topic: str,
    event: dict[str, Any],
    *,
    to: Labels | None = None,
    others: dict[str, Any] | None = None,
    soon: bool = False,
) -> None:
    """Tells every socket on `topic`, or those whose labels match `to`; the rest hear `others` in its place.

    `soon` lets the hub gather many into one frame (100 ms); order within a topic is kept either way.
    """
    _on_commit(topic, write(event), to, rest=write(others) if others else "", soon=soon)


def close_sockets(topic: str, code: Close, *, to: Labels | None = None) -> None:
    """Ends sockets on `topic`, after the events that were broadcast before."""
    _on_commit(topic, "", to, close=int(code))


def _on_commit(
    topic: str, frame: str, to: Labels | None, *, rest: str = "", soon: bool = False, close: int = 0
) -> None:
    match = {label: [value] if isinstance(value, str) else value for label, value in (to or {}).items()}
    delivery = Delivery(type="hub.deliver", topic=topic, frame=frame, match=match, rest=rest, soon=soon, close=close)
    transaction.on_commit(partial(_publish, delivery))


def _publish(delivery: Delivery) -> None:
    hub = Hub.running()
    if hub is not None:
        hub.loop.call_soon_threadsafe(hub.publish, delivery)
    else:  # a management command or a view outside the server: the other processes still hear it
        async_to_sync(get_channel_layer().group_send)(delivery["topic"], delivery)
