"""What long use leaves in a worker's memory: `python -m benchmarks.relay_soak [--joins 20000] [--minutes 30]`.

People come and go, evenly over the minutes, while a meeting goes on all the time: publishers with layers, receivers,
losses on both ways, NACKs, other layers, mutes, shared screens, reloads. Memory is flat when it grows by less than a
few MB over the second half.
"""

import argparse
import asyncio
import multiprocessing
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.relay_soak_meeting import hold
from benchmarks.relay_soak_visits import OUTCOMES, come_and_go
from relay.load.running import cpu
from tests.relay.process import Process, Web

SHOWN = ("meetings", "participants", "uplinks", "downlinks", "publications", "subscriptions", "handshakes")
EVERY = 60.0  # seconds


class Sample:
    """What the kernel and the worker say of it at one moment."""

    def __init__(self, pid: int, web: Web, began: float) -> None:
        self.at = time.monotonic() - began
        self.memory = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
        self.files = len(os.listdir(f"/proc/{pid}/fd"))
        self.cpu = cpu(pid)
        self.figures: dict[str, float] = web.ask("stats")["figures"]

    def __str__(self) -> str:
        told = ", ".join(f"{self.figures[name]:.0f} {name}" for name in SHOWN)
        return (
            f"{self.at / 60:5.1f} min: {self.memory:6.1f} MB, {self.files} files, {self.cpu:.0f} s of CPU, "
            f"{len(self.figures)} figures: {told}, {self.figures['packets_out'] / 1e3:.0f}k packets out"
        )


def growth(samples: list[Sample]) -> float:
    """MB over the second half, along a straight line through all of its samples."""
    half = [sample for sample in samples if sample.at >= samples[-1].at / 2]
    slope, _ = statistics.linear_regression([one.at for one in half], [one.memory for one in half])
    return slope * (half[-1].at - half[0].at)


async def watched(worker: Process, visits: Any, outcomes: Any, minutes: float) -> list[Sample]:
    """Until everybody has come and gone, and the minutes are over."""
    web, began = worker.connect(), time.monotonic()
    samples = [Sample(worker.process.pid, web, began)]
    meeting = asyncio.get_running_loop().create_task(hold(worker))
    while visits.is_alive() or samples[-1].at < minutes * 60:
        await asyncio.sleep(EVERY if minutes > 2 else EVERY / 20)
        samples.append(Sample(worker.process.pid, web, began))
        come = ", ".join(f"{outcomes[at]} {outcome}" for at, outcome in enumerate(OUTCOMES))
        print(f"{samples[-1]}; visits: {come}", flush=True)
        assert not meeting.done(), meeting.result()
    meeting.cancel()
    print(f"in the meeting that went on: {dict(await meeting)}")
    return samples


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.relay_soak")
    parser.add_argument("--joins", type=int, default=20_000)
    parser.add_argument("--minutes", type=float, default=30)
    options = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    outcomes = context.Array("q", len(OUTCOMES))
    with tempfile.TemporaryDirectory(prefix="meet-relay-") as directory:
        worker = Process(Path(directory))
        worker.connect().close()
        pace = options.minutes * 60 / max(options.joins, 1)
        visits = context.Process(target=come_and_go, args=(worker.path, options.joins, pace, outcomes), daemon=True)
        visits.start()
        try:
            samples = asyncio.run(watched(worker, visits, outcomes, options.minutes))
            print(f"growth over the second half: {growth(samples):+.1f} MB of {samples[-1].memory:.1f} MB")
        finally:
            print(worker.log.read_text().strip())
            worker.stop()


if __name__ == "__main__":
    main()
