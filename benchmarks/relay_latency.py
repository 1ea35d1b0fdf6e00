"""How long packets are on their way when our relay does half of what it can: `python -m benchmarks.relay_latency`.

One camera in bursts of 3, and as many receivers as our relay could serve with half a core, by its CPU time for 50.
Janus gets the same, which may be too much for it. Needs what `relay_against_janus` needs, and shows the same table.
"""

import asyncio
from statistics import median

from benchmarks import janus
from benchmarks.contest import OURS, Scenario, contest
from benchmarks.relay_against_janus import compared
from benchmarks.secluded import seclude

BURST, RATE, SECONDS = 3, 900, 5.0


async def half() -> int:
    """Receivers of one camera."""
    scenario = Scenario("1→50", 1, 50, RATE)
    async with contest(scenario, [OURS]) as [ours]:
        cost = median([(await ours.run(scenario, BURST, 2.0)).cost for _ in range(3)])
    return round(1e6 / cost / RATE / 2)


async def main() -> None:
    receivers = await half()
    scenario = Scenario(f"1→{receivers}", 1, receivers, RATE)
    async with contest(scenario) as contestants:
        await compared(scenario, BURST, contestants, SECONDS)


if __name__ == "__main__":
    janus.install()
    seclude("benchmarks.relay_latency")
    asyncio.run(main())
