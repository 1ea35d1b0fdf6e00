"""Our relay beside Janus's VideoRoom: `python -m benchmarks.relay_against_janus [1→20|1→50|10×10 …]` (or 1-20, 10x10).

CPU time of the server for each packet that arrived, in bursts of 3 and of 10, three servers in turn: ours, Janus with
`event_loops=1` and Janus as it comes. The same load for all, the same SRTP profile, servers on core 0, the load on
core 1. Medians over rounds, without those that lost more than 2 % (*) or had less than nine tenths of the core (!),
where there are others. The latency is that of a sample over all receivers, from the making of a packet to its arrival
in the receiver's socket. The limit is `relay_limit` in the same run. Needs root: for Janus (Debian's package,
installed when absent) and for a network of its own.
"""

import asyncio
import subprocess
import sys
from statistics import median

from benchmarks import janus
from benchmarks.contest import DEFAULT, ONE_LOOP, OURS, Contestant, Round, Scenario, contest, counting
from benchmarks.secluded import seclude

SCENARIOS = (Scenario("1→20", 1, 20, 900), Scenario("1→50", 1, 50, 900), Scenario("10×10", 10, 0, 300))
BURSTS, ROUNDS, SECONDS = (3, 10), 3, 3.0


def limit(scenario: Scenario, burst: int) -> float:
    """Sending to the watchers of one camera."""
    command = [sys.executable, "-m", "benchmarks.relay_limit", str(scenario.watchers), str(burst)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


async def compared(scenario: Scenario, burst: int, contestants: list[Contestant], seconds: float) -> None:
    rounds: dict[str, list[Round]] = {one.name: [] for one in contestants}
    limits = []
    for number in range(ROUNDS):
        limits.append(await asyncio.to_thread(limit, scenario, burst))
        for at in range(len(contestants)):
            one = contestants[(number + at) % len(contestants)]
            rounds[one.name].append(await one.run(scenario, burst, seconds))
    show(scenario, burst, median(limits), rounds)


def show(scenario: Scenario, burst: int, least: float, rounds: dict[str, list[Round]]) -> None:
    print(f"{scenario.name}, {scenario.rate} packets/s of each camera in bursts of {burst}; limit {least:.2f} us")
    print(f"{'':22}us/packet  x limit  delivered   p50 ms   p99 ms   rounds, us/packet")
    costs = {}
    for name, all_of_it in rounds.items():
        good = counting(all_of_it)
        cost = costs[name] = median(one.cost for one in good)
        share = median(one.share for one in good)
        p50, p99 = (1000 * median(one.result.latency(part) for one in good) for part in (0.5, 0.99))
        each = " ".join(f"{one.cost:.2f}{one.marks}" for one in all_of_it)
        print(f"{name:22}{cost:9.2f}{cost / least:9.1f}{100 * share:9.1f} %{p50:9.2f}{p99:9.2f}   {each}")
    one_loop, default = costs[OURS] / costs[ONE_LOOP], costs[OURS] / costs[DEFAULT]
    print(f"ours / Janus: {one_loop:.2f} of event_loops=1, {default:.2f} of default")
    rest = [one for each in rounds.values() for one in each]
    print(
        f"the load kept {100 * min(one.pace for one in rest):.1f} % of its pace at least; "
        f"others had {100 * max(one.others for one in rest):.1f} % of the servers' core at most; "
        f"full buffers lost {sum(one.result.overflows for one in rest)}\n",
        flush=True,
    )


def chosen(names: list[str]) -> list[Scenario]:
    wanted = {name.replace("-", "→").replace("x", "×") for name in names}
    assert wanted <= {one.name for one in SCENARIOS}, f"one of {', '.join(one.name for one in SCENARIOS)}"
    return [one for one in SCENARIOS if not wanted or one.name in wanted]


async def main() -> None:
    for scenario in chosen(sys.argv[1:]):
        async with contest(scenario) as contestants:
            for burst in BURSTS:
                await compared(scenario, burst, contestants, SECONDS)


if __name__ == "__main__":
    janus.install()
    seclude("benchmarks.relay_against_janus")
    asyncio.run(main())
