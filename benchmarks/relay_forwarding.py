"""What a worker spends on each packet it forwards: `python -m benchmarks.relay_forwarding [receivers …]`.

One camera of 1200-byte packets in bursts of 3, as browsers' pacers send; receivers on loopback that throw away
what they get. CPU time of the worker's process alone, from the kernel.
"""

import asyncio
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.relay.peers import Person
from tests.relay.process import Process, Web

BURST, RATE, SECONDS = 3, 900, 6


class Remote:
    """What a person's `web` is in the tests, over the socket."""

    def __init__(self, web: Web) -> None:
        self._web = web
        self.events = web.events

    def ask(self, kind: str, **fields: Any) -> Any:
        answer = self._web.ask(kind, **fields)
        return type("Done", (), {"sdp": answer.get("sdp"), "figures": answer.get("figures")})

    def told(self, kind: str, **fields: Any) -> list[dict[str, Any]]:
        self._web.ask("ping")
        wanted = {"type": kind, **fields}
        return [event for event in self.events if wanted.items() <= event.items()]


def cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def measured(receivers: int) -> str:
    with tempfile.TemporaryDirectory(prefix="meet-relay-") as directory:
        worker = Process(Path(directory))
        web: Any = Remote(worker.connect())
        alice = Person(web, "alice").join()
        await alice.send("camera")
        heard = [0]
        for number in range(receivers):
            person = await Person(web, f"b{number}").join().receive("alice/camera")
            person.want(alice_camera=720)
            person.down.socket.handler = lambda data: heard.__setitem__(0, heard[0] + 1)
            reports = asyncio.get_running_loop().create_task(_estimates(person))
            reports.add_done_callback(lambda task: None)
        alice.film(key=True)
        await asyncio.sleep(1)
        before, used, heard[0] = web.ask("stats").figures, cpu(worker.process.pid), 0
        await _film(alice, SECONDS)
        after, spent = web.ask("stats").figures, cpu(worker.process.pid) - used
        worker.stop()
    out = after["packets_out"] - before["packets_out"]
    return (
        f"{receivers:3} receivers: {1e6 * spent / out:5.1f} us a packet, {out / SECONDS:7.0f} packets/s, "
        f"{100 * spent / SECONDS:3.0f} % of a core, {100 * (1 - heard[0] / max(out, 1)):.1f} % not taken"
    )


async def _estimates(person: Person) -> None:
    """Room for everything, so that layers are no matter here; and the checks that keep a link."""
    from relay import rtcp

    for _ in range(100):
        person.down.send(rtcp.Remb(1, 50_000_000).pack())
        await asyncio.sleep(1)


async def _film(alice: Person, seconds: float) -> None:
    loop = asyncio.get_running_loop()
    body, began, sent = bytes(1160), loop.time(), 0
    while (passed := loop.time() - began) < seconds:
        while sent < passed * RATE:
            for _ in range(BURST):
                alice.film(body)
            sent += BURST
        await asyncio.sleep(BURST / RATE / 2)


async def main() -> None:
    for receivers in map(int, sys.argv[1:] or ["5", "20"]):
        print(await measured(receivers), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
