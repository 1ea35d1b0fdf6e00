"""Strangers at the socket: nothing they send changes anything, and nothing is sent to whoever they name."""

import asyncio
from random import Random
from typing import Any

import pytest
from aiortc.rtcdtlstransport import SRTP_PROFILES
from OpenSSL import SSL

from relay import ice
from relay.ice import CHECKS, PATHS
from tests.relay.packets import wire
from tests.relay.peers import Gathering, Line, Person, Socket, check, until

FATAL_ALERT = bytes([21, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 40])


async def stranger_of(line: Line) -> Socket:
    return await Socket.open(line.socket.transport.get_extra_info("peername"))


def client_hello(line: Line) -> bytes:
    """A genuine one, of somebody else's handshake."""
    connection = SSL.Connection(line.certificate._create_ssl_context(SRTP_PROFILES))
    connection.set_connect_state()
    with pytest.raises(SSL.WantReadError):
        connection.do_handshake()
    return connection.bio_read(1500)


async def unproven(relay: Gathering) -> tuple[Person, str]:
    alice = relay.person("alice").join()
    return alice, alice.publish("microphone")


@pytest.mark.parametrize("poison", ["hello", "alert", "noise"])
async def test_a_stranger_cannot_begin_or_break_a_handshake(relay: Gathering, poison: str):
    alice, answer = await unproven(relay)
    await alice.up.open(answer)
    stranger = await stranger_of(alice.up)
    noise = {"hello": client_hello(Line()), "alert": FATAL_ALERT, "noise": b"\x16" + Random(1).randbytes(200)}[poison]
    stranger.send(noise)
    await alice.up.prove()
    for _ in range(3):
        stranger.send(noise)
    during = alice.up.socket.send

    def interleaved(data: bytes) -> None:
        stranger.send(noise)
        during(data)

    alice.up.socket.send = interleaved  # type: ignore[method-assign]
    await alice.up.shake()
    assert alice.up.dtls and alice.up.dtls.state == "connected"
    await relay.settled()
    assert relay.counts["strangers"] >= 6
    assert stranger.heard == []


@pytest.mark.parametrize("before", [b"", bytes([23, 254, 253]) + bytes(10)])
async def test_an_alert_in_the_name_of_the_peer_does_not_break_its_handshake(relay: Gathering, before: bytes):
    """Also as the second record of a datagram."""
    alice, answer = await unproven(relay)
    await alice.up.open(answer)
    await alice.up.prove()
    ours = alice.up.socket.send

    def interleaved(data: bytes) -> None:
        ours(before + FATAL_ALERT)
        ours(data)
        ours(before + FATAL_ALERT)

    alice.up.socket.send = interleaved  # type: ignore[method-assign]
    await alice.up.shake()
    await until(lambda: alice.web.told("link", link="uplink", state="connected"))
    ours(before + FATAL_ALERT)
    alice.speak()
    await relay.settled()
    assert alice.web.told("link", state="lost") == []


async def test_nothing_is_spent_on_a_handshake_before_the_address_is_proved(relay: Gathering):
    alice, answer = await unproven(relay)
    await alice.up.open(answer)
    alice.up.socket.send(client_hello(alice.up))
    await relay.settled()
    assert relay.counts["strangers"] == 1
    assert relay.counts["handshakes_running"] == 0
    assert alice.up.answers == []


async def test_candidates_of_the_other_side_are_never_looked_at(relay: Gathering):
    alice = relay.person("alice").join()
    victim = await Socket.open(("127.0.0.1", 9))
    port = victim.transport.get_extra_info("sockname")[1]
    named = f"a=candidate:1 1 udp 2130706431 127.0.0.1 {port} typ host\na=candidate:2 1 udp 1 victim.local 9 typ host\n"
    answer = alice.ask("publish", sdp=alice.description("microphone", extra=named), mids={"0": "microphone"}).sdp
    alice.mids = {"0": "microphone"}
    await alice.up.connect(answer)
    alice.speak()
    await relay.settled()
    assert victim.heard == []


@pytest.mark.parametrize("lie", ["password", "name", "ours"])
async def test_a_check_without_the_right_words_is_not_answered(relay: Gathering, lie: str):
    alice, answer = await unproven(relay)
    await alice.up.open(answer)
    names = {"theirs": alice.up.theirs, "ours": alice.up.ufrag, "password": alice.up.password}
    names |= {"name": {"theirs": "somebody"}, "ours": {"ours": "else"}, "password": {"password": "x" * 32}}[lie]
    alice.up.socket.send(check(**names))
    await relay.settled()
    assert relay.counts["bad_checks"] == 1
    assert alice.up.answers == []


@pytest.mark.parametrize("seed", range(3))
async def test_broken_checks_are_dropped(relay: Gathering, seed: int):
    alice, answer = await unproven(relay)
    await alice.up.open(answer)
    random = Random(seed)
    good = check(alice.up.ufrag, alice.up.theirs, alice.up.password)
    for _ in range(60):
        cut = good[: random.randrange(1, len(good))]
        flipped = bytearray(good)
        flipped[random.randrange(len(good))] ^= 1 << random.randrange(8)
        for bad in (cut, bytes(flipped), good + bytes(700), good[:20] + random.randbytes(random.randrange(80))):
            if bad != good and bad[0] < 4:
                alice.up.socket.send(bad)
    for kind in (0x20, 0x24, 0x09, 0x8029, 0x01):  # attributes shorter than they can be
        short = good[20:44] + kind.to_bytes(2, "big") + b"\x00\x02ab\x00\x00" + good[-8:]
        alice.up.socket.send(good[:2] + len(short).to_bytes(2, "big") + good[4:20] + short)
    await relay.settled()
    assert alice.up.answers == []
    await asyncio.sleep(0)
    assert not relay.worker.door.addresses


async def test_a_recorded_check_cannot_move_a_link(relay: Gathering):
    alice = await relay.person("alice").join().send("microphone")
    recorded = check(alice.up.ufrag, alice.up.theirs, alice.up.password)
    alice.up.socket.send(recorded)
    await until(lambda: len(alice.up.answers) == 2)
    thief = await stranger_of(alice.up)
    thief.send(recorded)
    await relay.settled()
    assert thief.heard == []
    assert relay.counts["bad_checks"] == 1


async def test_a_link_follows_its_owner_who_proves_another_address(relay: Gathering):
    alice = await relay.person("alice").join().send("microphone")
    bob = await relay.person("bob").join().receive("alice/microphone")
    old, bob.down.socket = bob.down.socket, await stranger_of(bob.down)
    bob.down.socket.handler = bob.down._arrived
    bob.down.check(nominate=False)
    await until(lambda: len(bob.down.answers) == 2)
    old.handler = old.heard.append
    alice.speak(b"still there")
    await until(lambda: old.heard)
    bob.down.check()
    await until(lambda: len(bob.down.answers) == 3)
    alice.speak(b"moved")
    await until(lambda: bob.bodies("alice/microphone") == [b"moved"])
    assert len(old.heard) == 1


async def test_nobody_takes_an_address_from_somebody_who_uses_it(relay: Gathering):
    alice = await relay.person("alice").join().send("microphone")
    mallory = relay.person("mallory").join()
    await mallory.up.open(mallory.publish("microphone"))
    alice.up.socket.send(check(mallory.up.ufrag, mallory.up.theirs, mallory.up.password))
    bob = await relay.person("bob").join().receive("alice/microphone")
    alice.speak()
    await until(lambda: bob.bodies("alice/microphone") == [b"hello"])
    assert relay.counts["bad_checks"] == 1


async def test_checks_and_addresses_of_one_link_are_bounded(relay: Gathering, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ice, "REMEMBERED", 20)
    alice = await relay.person("alice").join().send("microphone")
    seat = relay.worker.meetings["weekly"].seats["alice"]
    assert seat.uplink
    for _ in range(3 * PATHS):
        other = await stranger_of(alice.up)
        other.send(check(alice.up.ufrag, alice.up.theirs, alice.up.password, nominate=False))
        await until(lambda other=other: other.heard)  # type: ignore[misc]
        other.close()
    assert len(seat.uplink.agent.paths) == len(relay.worker.door.addresses) == PATHS
    for _ in range(3 * CHECKS):
        alice.up.check()
    await relay.settled()
    assert relay.counts["bad_checks"] >= CHECKS
    assert len(seat.uplink.agent._seen) <= 20
    alice.speak()
    await relay.settled()
    assert relay.counts["strangers"] == 0


async def test_the_wrong_certificate_gets_no_media(relay: Gathering):
    alice = relay.person("alice").join()
    answer = alice.publish("microphone")
    alice.up.certificate = Line().certificate
    await alice.up.connect(answer)
    await until(lambda: relay.counts["handshakes_failed"] == 1)
    assert relay.web.told("link", link="uplink", state="lost")
    assert relay.counts["uplinks"] == 0


SENT: dict[str, Any] = {
    "replayed": lambda good, random: [good, good],
    "truncated": lambda good, random: [good[:length] for length in range(1, len(good)) if good[0] > 3],
    "flipped": lambda good, random: [
        good[:at] + bytes([good[at] ^ 1 << random.randrange(8)]) + good[at + 1 :] for at in range(1, len(good))
    ],
    "oversized": lambda good, random: [good + bytes(2000), b"\x80" + bytes(3000)],
    "noise": lambda good, random: [random.randbytes(random.randrange(1, 1400)) for _ in range(300)],
    "plain": lambda good, random: [wire(b"plain", payload_type=111)],
}


@pytest.mark.parametrize("how", SENT)
async def test_packets_that_are_not_genuine_go_nowhere(relay: Gathering, how: str):
    alice = await relay.person("alice").join().send("microphone")
    bob = await relay.person("bob").join().receive("alice/microphone")
    good = alice.up.protected(alice.packet("microphone", b"hello"))
    for bad in SENT[how](good, Random(how)):
        alice.up.socket.send(bad)
    await relay.settled()
    alice.speak(b"genuine")
    await until(lambda: b"genuine" in bob.bodies("alice/microphone"))
    assert bob.bodies("alice/microphone") == ([b"hello"] if how == "replayed" else []) + [b"genuine"]


async def test_a_stranger_who_knows_everything_but_the_keys_is_not_heard(relay: Gathering):
    alice = await relay.person("alice").join().send("microphone")
    bob = await relay.person("bob").join().receive("alice/microphone")
    stranger = await stranger_of(alice.up)
    stranger.send(alice.up.protected(alice.packet("microphone", b"from elsewhere")))
    await relay.settled()
    alice.speak()
    await until(lambda: bob.bodies("alice/microphone") == [b"hello"])
    assert relay.counts["strangers"] == 1
