"""A wire that loses, delays and swaps datagrams: what is lost is asked for, up and down, and comes."""

import asyncio
from collections import Counter
from random import Random

import pytest

from relay import rtcp
from tests.relay.peers import Gathering, Person, until

LOST, LATE = 0.08, 0.1


class Weather:
    """Of one direction; the same for the same seed. It spares who was lost twice: the relay asks three times."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._held: list[bytes] = []
        self._losses: Counter[bytes] = Counter()  # by sequence number, timestamp and SSRC
        self.lost = 0

    def __call__(self, data: bytes) -> list[bytes]:
        if data[0] < 128:
            return [data]  # this is about media
        fate = self._random.random()
        if fate < LOST and self._losses[data[2:12]] < 2:
            self._losses[data[2:12]] += 1
            self.lost += 1
            return []
        if fate < LOST + LATE:
            self._held.append(data)
            return []
        late, self._held = self._held, []
        return [data, *late]


def repairs_what_is_missing(alice: Person, sent: dict[int, bytes]) -> None:
    """As browsers do, by the same packet again."""
    for nack in alice.up.told(rtcp.Nack):
        for number in nack.lost:
            if number in sent:
                alice.up.send(sent[number])
    alice.up.rtcp.clear()


def asks_for_what_is_missing(bob: Person) -> set[int]:
    source = bob.ssrc_of("alice/camera")
    have = {one.sequence for one in bob.got("alice/camera")}
    have |= {int.from_bytes(one.payload[:2], "big") for one in bob.down.rtp if one.ssrc == source + 1}
    missing = set(range(min(have), max(have) + 1)) - have
    if missing:
        bob.down.send(rtcp.Nack(9, source, tuple(sorted(missing))).pack())
    return missing


@pytest.mark.parametrize("seed", range(3))
async def test_all_of_a_picture_arrives_over_a_bad_wire(relay: Gathering, seed: int):
    alice = await relay.person("alice").join().send("camera")
    bob = await relay.person("bob").join().receive("alice/camera")
    bob.want(alice_camera=360)
    alice.film(b"0", key=True)
    await until(lambda: bob.got("alice/camera"))
    ways = [Weather(seed), Weather(seed + 100)]
    alice.up.socket.outward, bob.down.socket.inward = ways
    sent: dict[int, bytes] = {}
    for number in range(2, 202):
        packet = sent[number] = alice.packet("camera", b"\x10\x01" + b"%d" % number)
        alice.up.send(packet)
        await asyncio.sleep(0.002)  # the pace of a camera, so that waiting for the late makes sense
        if number % 10 == 0:
            repairs_what_is_missing(alice, sent)
            asks_for_what_is_missing(bob)

    def complete() -> bool:
        alice.film(b"flush")
        repairs_what_is_missing(alice, sent)
        asks_for_what_is_missing(bob)
        bodies = {one.payload[2:] for one in bob.got("alice/camera")}
        bodies |= {one.payload[4:] for one in bob.down.rtp if one.ssrc == bob.ssrc_of("alice/camera") + 1}
        return {b"%d" % number for number in range(2, 202)} <= bodies

    end = asyncio.get_running_loop().time() + 20
    while not complete():
        assert asyncio.get_running_loop().time() < end
        await asyncio.sleep(0.02)
    assert all(way.lost > 10 for way in ways)
    assert relay.counts["nacks_up"] and relay.counts["resent"]
