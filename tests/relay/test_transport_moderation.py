"""Where much arrives, a socket is looked at by the clock; where little does, at once."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from relay import udp
from relay.batches import Address
from relay.native import Train
from relay.udp import Wire
from tests.relay import packets
from tests.relay.peers import Socket, until

pytestmark = pytest.mark.usefixtures("language")


class Listening:
    """A wire that writes down what came together; with a pause so long that only these tests end it."""

    def __init__(self) -> None:
        self.together: list[list[bytes]] = []
        self._now: list[bytes] = []
        self.wire = Wire(udp.bound("127.0.0.1", 0), self, self.handled)

    def datagram(self, wire: Wire, address: Address, length: int) -> None:
        data = bytes(wire.inbox_view[:length])
        if data.endswith(b"trouble"):
            raise ValueError
        self._now.append(data)

    def media(self, wire: Wire, train: Train) -> bool:
        if any(bytes(data).endswith(b"trouble") for data in train.datagrams()):
            raise ValueError
        return False

    def handled(self) -> None:
        self.together.append(self._now)
        self._now = []

    @property
    def all(self) -> list[bytes]:
        return [each for wake in self.together for each in wake]

    async def hears(self, peer: Socket, *data: bytes) -> None:
        """Each in a wake of its own, as long as it is not polled."""
        for each in data:
            peer.send(each)
            await until(lambda each=each: each in self.all)  # type: ignore[misc]


@pytest.fixture
async def listening(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Listening]:
    monkeypatch.setattr(udp, "PAUSE", 0.5)
    monkeypatch.setattr(udp, "TOGETHER", 0.0)
    made = Listening()
    yield made
    await Socket.close_all()
    made.wire.close()


def many(name: str) -> list[bytes]:
    return [b"%s %d" % (name.encode(), number) for number in range(udp.PLENTY - 1)]


async def busy(listening: Listening) -> Socket:
    """So much arrived that it is looked at by the clock."""
    peer = await Socket.open(listening.wire.address[:2])
    for number in range(100):
        if listening.wire._polling:
            return peer
        await listening.hears(peer, b"%d" % number)
    raise AssertionError("it still wakes for each")


async def test_much_is_taken_together(listening: Listening):
    peer = await busy(listening)
    wakes, sent = len(listening.together), many("a")
    for each in sent:
        peer.send(each)
        await asyncio.sleep(0)
    await until(lambda: sent[-1] in listening.all)
    assert listening.together[wakes:] == [sent]


async def test_when_nothing_comes_any_more_it_is_woken_again(listening: Listening):
    peer = await busy(listening)
    await until(lambda: not listening.wire._polling)
    await listening.hears(peer, b"late")
    assert listening.together[-1] == [b"late"]


async def test_one_long_silence_ends_the_moderation(listening: Listening):
    peer = await busy(listening)
    await until(lambda: not listening.wire._polling)
    listening.wire._woke -= 60
    await listening.hears(peer, b"late")
    assert not listening.wire._polling


async def test_what_is_plenty_already_is_not_waited_for(listening: Listening):
    peer = await busy(listening)
    sent = [*many("a"), *many("b")]
    for each in sent:
        peer.send(each)
    await until(lambda: sent[-1] in listening.all)
    assert not listening.wire._polling


@pytest.mark.parametrize("trouble", [b"trouble", packets.wire(b"trouble")])
async def test_trouble_with_one_datagram_harms_no_other(listening: Listening, trouble: bytes):
    troubles: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: troubles.append(context))
    peer = await busy(listening)
    for data in (b"with", trouble, *many("it")):
        peer.send(data)
    await until(lambda: troubles)
    await listening.hears(peer, b"after")
    assert {b"with", *many("it")} < set(listening.all)
    assert len(troubles) == 1
    assert listening.wire.counts["packets_in"] == len(listening.all) + 1
