import asyncio

import pytest

from realtime import hub as module
from realtime.hub import Delivery, Hub, Subscriber
from realtime.outbox import Outbox
from realtime.refusals import Close


class Socket:
    def __init__(self, **labels):
        self.taken = []
        self.subscriber = Subscriber(Outbox(self.send))
        self.subscriber.labels.update(labels)

    async def send(self, message):
        self.taken.append(message.get("text", message.get("code")))


def delivery(frame="", *, topic="meeting.one", match=None, rest="", soon=False, close=0):
    return Delivery(type="hub.deliver", topic=topic, frame=frame, match=match or {}, rest=rest, soon=soon, close=close)


@pytest.fixture
async def hub():
    hub = Hub()
    yield hub
    await hub.close()


async def test_everybody_on_a_topic_hears_it_and_nobody_else(hub):
    one, two, other = Socket(), Socket(), Socket()
    await hub.subscribe(one.subscriber, "meeting.one")
    await hub.subscribe(two.subscriber, "meeting.one")
    await hub.subscribe(other.subscriber, "meeting.two")
    hub.deliver(delivery("hello"))
    assert (one.taken, two.taken, other.taken) == (["hello"], ["hello"], [])


async def test_labels_narrow_who_hears(hub):
    gina, bob = Socket(participant="gina"), Socket(participant="bob")
    for socket in (gina, bob):
        await hub.subscribe(socket.subscriber, "meeting.one")
    hub.deliver(delivery("for Bob", match={"participant": ["bob"]}))
    assert (gina.taken, bob.taken) == ([], ["for Bob"])


async def test_the_others_may_hear_something_else_in_its_place(hub):
    alice, gina, bob = (Socket(participant=name) for name in ("alice", "gina", "bob"))
    for socket in (alice, gina, bob):
        await hub.subscribe(socket.subscriber, "meeting.one")
    hub.deliver(delivery("before", soon=True))
    hub.deliver(delivery("for two", match={"participant": ["alice", "gina"]}, rest="for the rest"))
    assert alice.taken == gina.taken == ["before", "for two"]
    assert bob.taken == ["before", "for the rest"]


async def test_what_may_wait_is_gathered_into_one_frame_in_order(hub, monkeypatch):
    monkeypatch.setattr(module, "GATHERING", 0.001)
    socket = Socket()
    await hub.subscribe(socket.subscriber, "meeting.one")
    for number in range(3):
        hub.deliver(delivery(f'{{"seq":{number}}}', soon=True))
    assert socket.taken == []
    while not socket.taken:
        await asyncio.sleep(0.001)
    assert socket.taken == ['[{"seq":0},{"seq":1},{"seq":2}]']


async def test_what_cannot_wait_takes_along_what_was_gathered_before(hub):
    socket = Socket()
    await hub.subscribe(socket.subscriber, "meeting.one")
    hub.deliver(delivery("first", soon=True))
    hub.deliver(delivery("second"))
    assert socket.taken == ["first", "second"]


async def test_a_close_follows_the_events_before_it(hub):
    socket = Socket()
    await hub.subscribe(socket.subscriber, "meeting.one")
    hub.deliver(delivery("ended"))
    hub.deliver(delivery(close=int(Close.MEETING_ENDED)))
    assert socket.taken == ["ended", int(Close.MEETING_ENDED)]


async def test_an_event_crosses_the_layer_once_and_arrives_in_order(hub):
    socket = Socket()
    await hub.subscribe(socket.subscriber, "meeting.one")
    for number in range(50):
        hub.publish(delivery(str(number)))
    while len(socket.taken) < 50:
        await asyncio.sleep(0.001)
    assert socket.taken == [str(number) for number in range(50)]


async def test_who_unsubscribed_hears_nothing_and_leaves_nothing_behind(hub):
    socket = Socket()
    await hub.subscribe(socket.subscriber, "meeting.one")
    hub.deliver(delivery("late", soon=True))
    await hub.unsubscribe(socket.subscriber)
    hub.deliver(delivery("hello"))
    assert socket.taken == []
    assert not hub._topics
    assert not hub._gathered
