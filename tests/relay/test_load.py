"""The load counts what it did not read."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from relay.load.publisher import Publisher
from relay.load.receiver import Receiver
from relay.load.running import Load
from relay.load.sampling import SAMPLE
from relay.load.seats import Control
from tests.relay.peers import until
from tests.relay.process import Process


@pytest.fixture
async def worker(tmp_path: Path) -> AsyncIterator[Process]:
    process = Process(tmp_path)
    await asyncio.to_thread(lambda: process.connect().close())
    yield process
    process.stop()


@pytest.fixture
async def control(worker: Process) -> AsyncIterator[Control]:
    control = await Control.open(str(worker.path))
    yield control
    control.close()


async def watched(control: Control, receivers: int) -> Load:
    """One camera and these receivers."""
    load = Load([Publisher()], [Receiver() for _ in range(receivers)])
    await control.publish("weekly", "alice", load.publishers[0])
    for number, receiver in enumerate(load.receivers):
        await control.receive("weekly", f"b{number}", receiver, ["alice"])
    return load


async def test_every_packet_is_counted_and_one_in_a_sample_is_read(control: Control) -> None:
    async with await watched(control, 3) as load:
        [alice] = load.publishers
        for times in range(1, 6):
            alice.send(SAMPLE, 900)
            await until(lambda: all(len(one.latencies) == times for one in load.receivers))  # noqa: B023
            await until(lambda: all(one.delivered() >= times * SAMPLE for one in load.receivers))  # noqa: B023
        assert all(0 < latency < 10 for one in load.receivers for latency in one.latencies)


async def test_what_one_receiver_does_not_get_is_missing_from_its_count(control: Control) -> None:
    async with await watched(control, 2) as load:
        [alice], [bob, carol] = load.publishers, load.receivers
        await control.ask("leave", meeting="weekly", participant="b1")
        alice.send(SAMPLE, 900)
        await until(lambda: bob.delivered() >= SAMPLE)
        assert carol.delivered() == 0


async def test_a_stretch_of_time_is_summed_up(worker: Process, control: Control) -> None:
    async with await watched(control, 1) as load:
        with load.sending(rate=900, burst=3):
            await until(lambda: load.receivers[0].latencies)
            result = await load.measure(0.3, worker.process.pid)
        assert result.sent > 0 and result.delivered > 0 and result.cpu > 0
        assert result.latencies == sorted(result.latencies)
        assert {peer.profile for peer in (*load.publishers, *load.receivers)} == {"SRTP_AEAD_AES_128_GCM"}
