"""Events leave when their transaction commits, encoded when they are made."""

from functools import partial
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

from realtime.envelope import write
from realtime.hub import Delivery, Hub
from realtime.refusals import Close


def broadcast(topic: str, event: dict[str, Any], *, to: dict[str, str] | None = None, soon: bool = False) -> None:
    """Tells every socket on `topic`, or those whose labels match `to`.

    `soon` lets the hub gather many into one frame (100 ms); order within a topic is kept either way.
    """
    _on_commit(topic, write(event), to or {}, soon, 0)


def close_sockets(topic: str, code: Close, *, to: dict[str, str] | None = None) -> None:
    """Ends sockets on `topic`, after the events that were broadcast before."""
    _on_commit(topic, "", to or {}, False, int(code))


def _on_commit(topic: str, frame: str, match: dict[str, str], soon: bool, code: int) -> None:
    delivery = Delivery(type="hub.deliver", topic=topic, frame=frame, match=match, soon=soon, close=code)
    transaction.on_commit(partial(_publish, delivery))


def _publish(delivery: Delivery) -> None:
    hub = Hub.running()
    if hub is not None:
        hub.loop.call_soon_threadsafe(hub.publish, delivery)
    else:  # a management command or a view outside the server: the other processes still hear it
        async_to_sync(get_channel_layer().group_send)(delivery["topic"], delivery)
