"""The attacks of the tests at full size, and what they leave in memory: `python -m benchmarks.relay_attacks`."""

import asyncio
import gc
import os
import time
from pathlib import Path

from tests.relay.peers import Gathering, Socket, gathering, until

RENEGOTIATIONS, HALF_OPEN, ROUNDS = 10_000, 1_000, 5


def memory() -> float:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def renegotiations(relay: Gathering) -> None:
    alice = await relay.person("alice").join().send("camera", "microphone")
    for number in range(RENEGOTIATIONS):
        alice.up.ufrag = f"peer{number}"
        alice.publish("camera", "microphone")
        if number % 100 == 0:
            relay.web.events.clear()
            await asyncio.sleep(0)


async def half_open(relay: Gathering) -> None:
    lingering = [relay.person(f"m{number}", f"room{number % 100}").join(receive=False) for number in range(HALF_OPEN)]
    for one in lingering:
        await one.up.open(one.publish("microphone"))
        one.up.check()
    await until(lambda: all(one.up.answers for one in lingering), 30)
    for one in lingering:
        one.up.socket.send(b"\x16" + bytes(40))
    await asyncio.sleep(0.5)
    print(f"  {relay.counts['handshakes_running']} under way of {HALF_OPEN}")
    for one in lingering:
        one.ask("leave")
    await Socket.close_all()
    relay.people.clear()
    relay.web.events.clear()


async def main() -> None:
    async with gathering() as relay:
        for attack in (renegotiations, half_open):
            for _ in range(ROUNDS):
                before, began = memory(), time.perf_counter()
                await attack(relay)
                relay.web.ask("close", meeting="weekly")
                await asyncio.sleep(0.1)
                passed = time.perf_counter() - began
                print(f"{attack.__name__}: {passed:.1f} s, {before:.0f} MB before, {memory():.0f} MB after", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
