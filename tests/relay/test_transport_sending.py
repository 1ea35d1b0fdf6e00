"""Datagrams out of one socket to many, in batches and one by one: the same for whoever gets them."""

import errno
import socket
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from relay import batches, udp
from relay.batches import Batched, Plain, Refused, Run, Target
from relay.udp import BLOCK, ROOM, SEGMENTS, SPARE, Wire
from tests.relay.peers import Nobody, Socket, until

SENDERS = {"batched": Batched, "plain": Plain}


@pytest.fixture(params=SENDERS)
async def wire(request: pytest.FixtureRequest) -> Any:
    made = Wire(udp.bound("127.0.0.1", 0), Nobody(), lambda: None, blocks=64)
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
    run = wire.place(target, len(data), urgent=urgent)
    if run is None:
        return False
    wire.view[run.end : run.end + len(data)] = data
    run.grow(len(data))
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
    assert all(put(wire, target, bytes(number)) for number in range(1, 201))
    await until(lambda: len(opened.heard) == 200)


async def test_video_makes_room_for_the_rest(wire: Wire):
    targets = [await receiver(wire) for _ in range(64)]
    wire._blocked = True
    assert all(put(wire, target, number) for number in (b"1", b"2") for _, target in targets)
    opened, target = await receiver(wire)
    assert not put(wire, target, b"one too many")
    assert put(wire, target, b"audio", urgent=True)
    wire._unblock()
    for other, _ in targets[1:]:
        await until(lambda other=other: other.heard == [b"1", b"2"])  # type: ignore[misc]
    assert opened.heard == [b"audio"]
    assert targets[0][0].heard == []
    assert wire.counts["dropped_video"] == 3


async def test_nothing_is_dropped_silently_when_all_of_it_is_urgent(wire: Wire):
    targets = [await receiver(wire) for _ in range(65)]
    wire._blocked = True
    assert [put(wire, target, b"audio", urgent=True) for _, target in targets] == [True] * 64 + [False]
    assert wire.counts["dropped_urgent"] == 1
    wire._unblock()
    for opened, _ in targets[:-1]:
        await until(lambda opened=opened: opened.heard == [b"audio"])  # type: ignore[misc]


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
        def send(self, runs: Sequence[Run]) -> int:
            if refusals:
                refusals.pop()
                return -1
            return real.send(runs)

    wire.sender = Full()
    sent = [b"%d" % number for number in range(10)]
    for data in sent:
        put(wire, target, data)
    await until(lambda: len(opened.heard) == 10)
    assert opened.heard == sent
    assert wire.counts["blocked"] == 2


async def test_a_full_socket_is_waited_for_with_what_c_wrote(wire: Wire):
    answers = [False, False, True]
    sent: list[bool] = []

    class Full:
        @property
        def waiting(self) -> int:
            return len(answers)

        def send(self) -> bool:
            sent.append(answers.pop(0))
            return sent[-1]

        def counted(self) -> tuple[int, int, int, int]:
            return (0, 0, 0, 0)

        def close(self) -> None:
            pass

    wire._outboxes[False] = Full()  # type: ignore[call-overload]
    wire._flush()
    await until(lambda: not answers)
    assert sent == [False, False, True]
    assert wire.counts["blocked"] == 2


async def test_segments_are_given_up_where_the_way_out_has_none():
    wire = Wire(udp.bound("127.0.0.1", 0), Nobody(), lambda: None)
    assert isinstance(wire.sender, Batched)
    real = wire.sender._call

    def call(descriptor: int, messages: Any, count: int, flags: int) -> int:
        if any(messages[at].header.control_length for at in range(count)):
            batches.ffi.errno = errno.EIO
            return -1
        sent: int = real(descriptor, messages, count, flags)
        return sent

    wire.sender._call = call
    opened, target = await receiver(wire)
    for number in range(10):
        put(wire, target, b"%d" % number)
    await until(lambda: len(opened.heard) == 10)
    assert isinstance(wire.sender, Plain)
    wire.close()


async def test_segments_too_large_for_a_way_go_one_by_one_and_only_there():
    wire = Wire(udp.bound("127.0.0.1", 0), Nobody(), lambda: None)
    assert isinstance(wire.sender, Batched)
    real = wire.sender._call

    def call(descriptor: int, messages: Any, count: int, flags: int) -> int:
        if messages[0].header.control_length:
            batches.ffi.errno = errno.EMSGSIZE
            return -1
        sent: int = real(descriptor, messages, count, flags)
        return sent

    wire.sender._call = call
    opened, target = await receiver(wire)
    sent = [bytes([number]) * 1400 for number in range(5)]
    for data in sent:
        put(wire, target, data)
    await until(lambda: len(opened.heard) == 5)
    assert opened.heard == sent
    assert isinstance(wire.sender, Batched)
    assert wire.counts["send_errors"] == 0
    wire.close()


async def test_both_kinds_of_addresses():
    try:
        wire = Wire(udp.bound("::1", 0), Nobody(), lambda: None)
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


async def test_a_run_is_for_one_target_and_of_one_size_but_the_last(wire: Wire):
    one, two = Target(("127.0.0.1", 1)), Target(("127.0.0.1", 2))
    wire._blocked = True
    for target, length in [(one, 9), (two, 9), (one, 9), (two, 5), (one, 7), (two, 9), (one, 9), (one, 10)]:
        put(wire, target, bytes(length))
    cut = [(run.target, run.count, run.segment, run.end - run.start) for run in wire._video]
    assert [run[1:] for run in cut if run[0] is one] == [(3, 9, 25), (1, 9, 9), (1, 10, 10)]
    assert [run[1:] for run in cut if run[0] is two] == [(2, 9, 14), (1, 9, 9)]


@pytest.mark.parametrize(("length", "longest"), [(9, SEGMENTS), (ROOM, BLOCK // ROOM - 1)])
async def test_a_run_is_as_long_as_a_message_may_be_and_stays_in_its_block(wire: Wire, length: int, longest: int):
    target = Target(("127.0.0.1", 1))
    wire._blocked = True
    assert all(put(wire, target, bytes(length)) for _ in range(100))
    assert max(run.count for run in wire._video) == longest
    assert all(run.start // BLOCK == (run.end + SPARE - 1) // BLOCK for run in wire._video)
    assert len({run.start // BLOCK for run in wire._video}) == len(wire._video)


async def test_what_was_not_written_after_all_is_not_sent(wire: Wire):
    opened, target = await receiver(wire)
    put(wire, target, b"before")
    other = Target(opened.transport.get_extra_info("sockname"))
    assert wire.place(other, 100, urgent=False)
    put(wire, Target(other.address), b"after")
    await until(lambda: len(opened.heard) == 2)
    assert opened.heard == [b"before", b"after"]
    assert len(wire._free) == 64


async def test_what_cannot_be_sent_at_all_is_refused(wire: Wire):
    run = Run(Target(("255.255.255.255", 9)), 0, 10, 100)
    run.grow(10)
    with pytest.raises(Refused):
        wire.sender.send([run])
