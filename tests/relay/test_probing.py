"""Whether room is found, in a model of a browser behind a link and at the wire."""

import itertools
import math

import pytest

from relay import downlink
from relay.probing import BAD, BURST, GOOD, LONGEST_WAIT, LOSSY, OPENING, SLOW, Prober
from tests.relay.browsers import CAMERA, Browser
from tests.relay.peers import SEND_TIME, Gathering, Packet, Person, until

START = 300_000


def switches(shown: list[str | None]) -> int:
    return sum(one != other for one, other in itertools.pairwise(shown))


@pytest.mark.parametrize("capacity", [math.inf, 4_000_000])
def test_who_has_room_gets_the_largest_layer_soon(capacity):
    assert Browser(capacity).seconds_until("f") < 5
    assert Browser(capacity, estimate=200_000).seconds_until("f") < 5


def test_answers_alone_show_room_where_the_estimate_is_stuck():
    browser = Browser(math.inf, estimate=140_000, stuck=True)
    assert browser.seconds_until("f") < 5
    assert set(browser.watch(60)) == {"f"}


@pytest.mark.parametrize(
    ("capacity", "rid"), [(250_000, "q"), (300_000, "q"), (500_000, "q"), (800_000, "h"), (1_500_000, "h")]
)
def test_who_has_less_settles_on_what_fits(capacity, rid):
    browser = Browser(capacity)
    browser.watch(8)

    assert set(browser.watch(120)) == {rid}


def test_room_is_used_soon_after_it_is_back():
    browser = Browser(math.inf)
    browser.watch(20)
    browser.capacity = 200_000
    browser.watch(5)
    browser.capacity = math.inf

    assert browser.seconds_until("f") < 10
    assert switches(browser.watch(60)) == 0


def test_a_probe_takes_little_of_a_full_link():
    browser = Browser(300_000)
    browser.watch(5)
    browser.worst, browser.lost, browser.probed = 0.0, 0, 0.0

    browser.watch(120)

    assert browser.probes >= 120 / (LONGEST_WAIT + 3)
    assert browser.lost == 0
    assert browser.worst < 0.15
    assert browser.probed < 0.05 * browser.capacity * 120


def test_nobody_is_probed_who_lacks_nothing():
    browser = Browser(math.inf, estimate=500_000, tile=180)
    browser.watch(30)
    assert browser.probed == 0
    assert set(browser.shown[100:]) == {CAMERA[0].rid}


def probing(needed: int = 600_000) -> Prober:
    prober = Prober()
    prober.told(START, 0.0)
    prober.aim(needed, START, 0.0, 0.0)
    assert prober.rate(0.0) == START
    return prober


def grow(prober: Prober) -> list[float]:
    """The rates until it is decided, while the estimate grows."""
    rates = []
    for step in range(1, 50):
        rates.append(prober.rate(step / 5))
        if prober.told(START + step * 5_000, step / 5):
            return rates
    raise AssertionError("it goes on for ever")


def test_it_grows_in_steps_to_what_the_next_layer_needs_and_little_more():
    rates = grow(probing(600_000))
    assert all(one <= later <= 1.5 * one for one, later in itertools.pairwise(rates))
    assert 600_000 < rates[-1] < 700_000


def test_room_is_proven_by_an_estimate_that_goes_on_growing_at_the_full_rate():
    prober = probing(600_000)
    rates = grow(prober)
    assert rates.count(rates[-1]) == GOOD
    assert prober.proven == rates[-1]
    assert prober.rate(2.0) == 0


@pytest.mark.parametrize("estimates", [[200_000], [START - 1] * BAD])
def test_an_estimate_that_falls_or_does_not_grow_ends_it(estimates):
    prober = probing()
    for step, estimate in enumerate(estimates, 1):
        assert prober.probing
        prober.told(estimate, step / 5)
    assert prober.rate(1.0) == 0
    assert prober.proven <= START


def test_it_does_not_grow_while_the_estimate_does_not():
    prober = probing()
    prober.told(START - 1, 0.2)
    assert prober.rate(0.3) == START
    prober.told(START + 5_000, 0.4)
    assert prober.rate(0.5) > START
    for step in range(10):
        prober.told(START + 5_000 * (step % 2), 0.6 + step / 5)
    assert prober.rate(2.5) > START


def test_quick_answers_count_as_much_as_an_estimate_that_grows():
    prober = probing()
    for step in range(1, 50):
        prober.answered(0.1, step / 5)
        if prober.told(START, step / 5):
            break
    assert prober.proven > 600_000


def test_slow_answers_end_it():
    prober = probing()
    for round_trip in (0.1, 0.1 + 2 * SLOW, 0.1 + SLOW / 2, 0.1 + 2 * SLOW):
        assert not prober.answered(round_trip, 0.1)
    assert prober.answered(0.1 + 2 * SLOW, 0.3)
    assert prober.rate(0.3) == 0


def test_before_there_is_an_estimate_a_few_packets_look_for_one():
    prober = Prober()
    prober.aim(600_000, START, 0.0, 0.0)
    for _ in range(BURST):
        assert prober.rate(0.1) == OPENING
        prober.sent()
    assert prober.rate(0.2) == 0
    prober.rate(2.0)
    prober.aim(600_000, START, 0.0, 2.0)
    assert prober.rate(2.0) == 0
    assert not prober.probing
    prober.told(START, 2.1)
    prober.aim(600_000, START, 0.0, 2.1)
    assert prober.rate(2.1) == START


def test_loss_ends_it():
    prober = probing()
    assert not prober.lost(LOSSY, 0.1)
    assert prober.probing
    assert prober.lost(2 * LOSSY, 0.3)
    assert prober.rate(0.3) == 0


@pytest.mark.parametrize("estimates", [[0], [501_050, 500_000]])
def test_it_ends_where_nothing_decides_it(estimates):
    prober = Prober()
    prober.told(estimates[-1], 0.0)
    prober.aim(2_000_000, 100_000, 0.0, 2.0)
    times = iter(range(1, 100))
    for number, estimate in zip(times, itertools.cycle(estimates)):
        prober.told(estimate, 2.0 + number / 5)
        prober.rate(2.0 + number / 5)
    assert not prober.probing


def test_silence_ends_it():
    prober = probing()
    assert prober.rate(0.9) > 0
    assert prober.rate(2.0) == 0


def test_the_next_one_is_later_each_time():
    prober, ended = probing(), []
    for step in range(1, 1200):
        if prober.told(START - 1, step / 10):
            ended.append(step)
        prober.aim(600_000, START, 0.0, step / 10)
    waits = [later - one for one, later in itertools.pairwise(ended)]
    assert waits[0] < 10 * LONGEST_WAIT / 3
    assert waits == sorted(waits)
    assert LONGEST_WAIT <= waits[-1] / 10 < LONGEST_WAIT + 2


def test_what_is_proven_is_believed_in_while_the_estimate_follows():
    prober = probing()
    grow(prober)
    for step in range(1, 100):
        prober.told(400_000 + 5_000 * step, 10 + step / 5)
        prober.aim(None, 600_000, 0.0, 10 + step / 5)
        if 400_000 + 5_000 * step < 600_000:
            assert prober.proven > 600_000
    assert prober.proven == 0


@pytest.mark.parametrize(("estimate", "loss"), [(START // 2, 0.0), (350_000, 2 * LOSSY)])
def test_it_is_not_when_the_estimate_falls_or_much_is_lost(estimate, loss):
    prober = probing()
    grow(prober)
    prober.aim(None, 600_000, 0.0, 2.5)
    assert prober.proven > 600_000
    prober.told(estimate, 2.6)
    prober.aim(None, 600_000, loss, 2.6)
    assert prober.proven == 0


def test_it_is_not_for_long_when_the_estimate_does_not_follow():
    prober = probing()
    grow(prober)
    for step in range(30):
        prober.told(350_000, 10 + step / 5)
        prober.aim(None, 600_000, 0.0, 10 + step / 5)
    assert prober.proven == 0


def test_who_has_nothing_to_send_does_not_wait_for_the_next_one():
    prober = probing()
    prober.stop()
    assert prober.rate(0.1) == 0
    prober.aim(600_000, START, 0.0, 0.2)
    assert prober.rate(0.2) == START


async def filming(relay: Gathering, *watchers: str, size: int = 900) -> list[Person]:
    """Alice, and those who watch her in a large tile and have a picture."""
    alice = relay.person("alice").join()
    alice.rids = ("q", "h", "f")
    await alice.send("camera")
    people = [await relay.person(name).join().receive("alice/camera") for name in watchers]
    for one in people:
        one.want(alice_camera=720)
    while not all(one.got("alice/camera") for one in people):
        await film(relay, alice, size)
    return [alice, *people]


async def film(relay: Gathering, alice: Person, size: int) -> None:
    for rid in alice.rids:
        alice.film(bytes(size), key=True, rid=rid)
    await relay.settled()


def repairs(person: Person) -> list[Packet]:
    return [one for one in person.down.rtp if one.ssrc == person.ssrc_of("alice/camera") + 1]


async def test_what_is_sent_is_what_the_receiver_has_on_the_repairing_stream(relay: Gathering):
    _, bob = await filming(relay, "bob")

    await until(lambda: len(repairs(bob)) >= BURST)

    had = {one.sequence.to_bytes(2, "big") + one.payload for one in bob.got("alice/camera")}
    assert {one.payload for one in repairs(bob)} <= had
    numbers = [one.sequence for one in repairs(bob)]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    times = [one.extensions[SEND_TIME] for one in repairs(bob)]
    assert times == sorted(times)
    assert len(set(times)) > len(times) / 2
    assert relay.counts["probed"] >= len(numbers)
    assert relay.counts["resent"] == 0


async def test_only_so_many_are_probed_at_once(relay: Gathering, monkeypatch):
    monkeypatch.setattr(downlink, "PROBES", 1)
    alice, *watchers = await filming(relay, "bob", "carol")

    first, second = await until(
        lambda: sorted(watchers, key=lambda one: -len(repairs(one))) if any(map(repairs, watchers)) else None
    )

    await until(lambda: len(repairs(first)) >= BURST)
    assert not repairs(second)
    while not repairs(second):
        await film(relay, alice, 900)


async def test_small_packets_are_too_many_to_probe_with(relay: Gathering):
    alice, bob = await filming(relay, "bob", size=100)

    while len(bob.got("alice/camera")) < 50:
        await film(relay, alice, 100)

    assert not repairs(bob)
