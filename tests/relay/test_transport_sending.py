"""Datagrams out of one socket to many, in batches and one by one: the same for whoever gets them."""

import errno
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest

from relay import batches, udp
from relay.batches import Batched, Item, Plain, Refused, Run, Target, runs
from relay.udp import ROOM, Wire
from tests.relay.peers import Socket, until

SENDERS = {"batched": Batched, "plain": Plain}


@pytest.fixture(params=SENDERS)
async def wire(request: pytest.FixtureRequest) -> Any:
    made = Wire(udp.bound("127.0.0.1", 0), lambda wire, address, length: None, places=64)
    made.sender = SENDERS[request.param](made._sock, made.memory)
    yield made
    made.close()


@pytest.fixture(autouse=True)
async def closed_sockets() -> AsyncIterator[None]:
    yield
    await Socket.close_all()


async def receiver(wire: Wire) -> tuple[Socket, Target]:
    opened = await Socket.open(wire.address[:2])
    return opened, Target(opened.transport.get_extra_info("sockname"))


def put(wire: Wire, target: Target, data: bytes, *, urgent: bool = False) -> bool:
    offset = wire.place(urgent=urgent)
    if offset is None:
        return False
    wire.view[offset : offset + len(data)] = data
    wire.queue(target, offset, len(data), urgent=urgent)
    return True


async def test_many_of_all_sizes_reach_many(wire: Wire):
    receivers = [await receiver(wire) for _ in range(3)]
    sent = [bytes([number]) * (1200 if number % 5 else 40 + number) for number in range(21)]
    for data in sent:
        for _, target in receivers:
            assert put(wire, target, data)
    for opened, _ in receivers:
        await until(lambda opened=opened: len(opened.heard) == len(sent))  # type: ignore[misc]
        assert opened.heard == sent
    assert wire.counts["packets_out"] == 63
    assert wire.counts["bytes_out"] == 3 * sum(map(len, sent))
    assert len(wire._free) == 64


async def test_what_is_urgent_goes_first(wire: Wire):
    opened, target = await receiver(wire)
    put(wire, target, b"video")
    put(wire, target, b"audio", urgent=True)
    await until(lambda: len(opened.heard) == 2)
    assert opened.heard == [b"audio", b"video"]


async def test_more_than_fits_at_once_is_sent_in_between(wire: Wire):
    opened, target = await receiver(wire)
    assert all(put(wire, target, b"%d" % number) for number in range(200))
    await until(lambda: len(opened.heard) == 200)


async def test_video_makes_room_for_the_rest(wire: Wire):
    opened, target = await receiver(wire)
    wire._blocked = True
    assert all(put(wire, target, b"video%d" % number) for number in range(64))
    assert not put(wire, target, b"one too many")
    assert put(wire, target, b"audio", urgent=True)
    wire._unblock()
    await until(lambda: len(opened.heard) == 64)
    assert opened.heard == [b"audio", *(b"video%d" % number for number in range(1, 64))]
    assert wire.counts["dropped_video"] == 2


async def test_nothing_is_dropped_silently_when_all_of_it_is_urgent(wire: Wire):
    opened, target = await receiver(wire)
    wire._blocked = True
    assert all(put(wire, target, b"audio", urgent=True) for number in range(64))
    assert not put(wire, target, b"audio", urgent=True)
    assert wire.counts["dropped_urgent"] == 1
    wire._unblock()
    await until(lambda: len(opened.heard) == 64)


async def test_an_address_that_cannot_be_reached_is_counted_and_harms_nobody(wire: Wire):
    opened, target = await receiver(wire)
    for _ in range(3):
        put(wire, Target(("255.255.255.255", 9)), b"nowhere")
        put(wire, target, b"somewhere")
    await until(lambda: len(opened.heard) == 3)
    assert wire.counts["send_errors"] >= 1
    assert len(wire._free) == 64


async def test_a_full_socket_is_waited_for(wire: Wire):
    opened, target = await receiver(wire)
    real, refusals = wire.sender, [1, 1]

    class Full:
        longest = real.longest

        def send(self, batch: list[Run]) -> int:
            if refusals:
                refusals.pop()
                return -1
            return real.send(batch)

    wire.sender = Full()
    sent = [b"%d" % number for number in range(10)]
    for data in sent:
        put(wire, target, data)
    await until(lambda: len(opened.heard) == 10)
    assert opened.heard == sent
    assert wire.counts["blocked"] == 2


async def test_segments_are_given_up_where_the_way_out_has_none():
    wire = Wire(udp.bound("127.0.0.1", 0), lambda wire, address, length: None)
    assert isinstance(wire.sender, Batched)
    real = wire.sender._call

    def call(descriptor: int, messages: Any, count: int, flags: int) -> int:
        if any(messages[at].header.part_count > 1 for at in range(count)):
            batches.ffi.errno = errno.EIO
            return -1
        sent: int = real(descriptor, messages, count, flags)
        return sent

    wire.sender._call = call
    opened, target = await receiver(wire)
    for number in range(10):
        put(wire, target, b"%d" % number)
    await until(lambda: len(opened.heard) == 10)
    assert wire.sender.longest == 1
    wire.close()


async def test_both_kinds_of_addresses():
    try:
        wire = Wire(udp.bound("::1", 0), lambda wire, address, length: None)
    except OSError:
        return  # no IPv6 on this machine
    opened, target = await receiver(wire)
    for _ in range(4):
        put(wire, target, bytes(500))
    await until(lambda: len(opened.heard) == 4)
    wire.close()


def test_without_the_system_call_it_is_done_plainly(monkeypatch: pytest.MonkeyPatch):
    def missing(self: object, *arguments: object) -> None:
        raise AttributeError("sendmmsg")

    monkeypatch.setattr(Batched, "__init__", missing)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        assert isinstance(batches.best(sock, batches.ffi.new("char[]", ROOM)), Plain)


def test_a_run_is_for_one_target_and_of_one_size_but_the_last():
    one, two = Target(("127.0.0.1", 1)), Target(("127.0.0.1", 2))
    lengths = [(one, 9), (two, 9), (one, 9), (two, 5), (one, 7), (two, 9), (one, 9), (one, 10)]
    cut = runs([Item(target, 0, length) for target, length in lengths], 16)
    assert [[item.length for item in run] for run in cut if run[0].target is one] == [[9, 9, 7], [9], [10]]
    assert [[item.length for item in run] for run in cut if run[0].target is two] == [[9, 5], [9]]
    assert max(map(len, runs([Item(one, 0, 9)] * 100, 16))) == 16


async def test_what_cannot_be_sent_at_all_is_refused(wire: Wire):
    with pytest.raises(Refused):
        wire.sender.send([[Item(Target(("255.255.255.255", 9)), 0, 10)]])
