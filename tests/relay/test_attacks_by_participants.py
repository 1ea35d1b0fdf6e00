"""People who were let in and misbehave: what they can cost is bounded, and the others don't notice."""

import asyncio
import contextlib
import gc
from random import Random

import pylibsrtp
import pytest

from relay import dtls, rtcp, rtp, subscription
from relay.cache import Cache
from relay.gaps import KeyframeAsking
from relay.link import SMALLEST, Link
from relay.refusals import Refused
from relay.srtp import STREAMS
from relay.uplink import STREAMS as KNOWN_STREAMS
from relay.uplink import Uplink
from tests.relay.packets import vp8, wire
from tests.relay.peers import Gathering, Line, Person, refused, until


async def filming(relay: Gathering) -> tuple[Person, Person]:
    """Alice films, Bob watches."""
    alice = await relay.person("alice").join("microphone", "camera", "screen").send("camera", "microphone")
    bob = await relay.person("bob").join().receive("alice/camera", "alice/microphone")
    bob.want(alice_camera=360)
    alice.film(b"first", key=True)
    await until(lambda: bob.bodies("alice/camera") == [b"first"])
    return alice, bob


async def in_order(relay: Gathering, person: Person, packets: list[bytes]) -> None:
    """Not faster than the worker reads: the kernel's buffer is not what is tested."""
    for number, packet in enumerate(packets):
        person.up.send(packet)
        if number % 50 == 49:
            await relay.settled()
    await relay.settled()


async def test_requests_for_key_frames_are_merged(relay: Gathering):
    alice, bob = await filming(relay)
    before, began = relay.counts["keyframes_asked"], asyncio.get_running_loop().time()
    source = bob.ssrc_of("alice/camera")
    for number in range(100):
        bob.down.send(rtcp.Pli(number, source).pack())
        bob.down.send(b"\x84\xce\x00\x04" + bytes(8) + source.to_bytes(4, "big") + bytes([number, 0, 0, 0]))
    await relay.settled()
    passed = asyncio.get_running_loop().time() - began
    assert 1 <= relay.counts["keyframes_asked"] - before <= 1 + passed / KeyframeAsking.SHORTEST


async def test_missing_packets_asked_for_again_and_again_are_not_sent_again_and_again(relay: Gathering):
    alice, bob = await filming(relay)
    alice.film(bytes(1000))
    await until(lambda: len(bob.got("alice/camera")) == 2)
    number, source = bob.got("alice/camera")[1].sequence, bob.ssrc_of("alice/camera")
    every = tuple((number - 500 + one) & 0xFFFF for one in range(600))
    for _ in range(100):
        bob.down.send(rtcp.Nack(9, source, every).pack())
        bob.down.send(rtcp.Nack(9, source, (number,) * 300).pack())
    await relay.settled()
    await until(lambda: relay.counts["resent"] >= 1)
    assert relay.counts["resent"] <= 20  # each of two packets once in a round trip


async def test_floods_of_reports_are_cut_off(relay: Gathering):
    alice, bob = await filming(relay)
    loop = asyncio.get_running_loop()
    began, sent = loop.time(), 0
    while relay.counts["over_rate"] < 1000:
        assert loop.time() < began + 20
        for _ in range(200):
            bob.down.send(rtcp.Remb(1, 100_000_000).pack())
        sent += 200
        await relay.settled()
    taken = sent - relay.counts["over_rate"]
    assert taken <= 1.1 * (1 + loop.time() - began) * Link.rate / SMALLEST
    alice.speak(b"still here")
    await until(lambda: b"still here" in bob.bodies("alice/microphone"))


async def test_reports_of_a_sender_go_on_a_few_times_a_second(relay: Gathering):
    alice = await relay.person("alice").join().send("microphone")
    bob = await relay.person("bob").join().receive("alice/microphone")
    alice.speak()
    await until(lambda: bob.got("alice/microphone"))
    for number in range(300):
        alice.up.send(rtcp.SenderReport(alice.ssrc("microphone"), number << 32, 960 * number, 1, 5).pack())
    alice.speak(b"after")
    await until(lambda: b"after" in bob.bodies("alice/microphone"))
    assert 1 <= len(bob.down.told(rtcp.SenderReport)) < 30


async def test_what_was_said_of_losses_is_soon_forgotten(relay: Gathering, monkeypatch: pytest.MonkeyPatch):
    alice = await relay.person("alice").join().send("microphone")
    bob = await relay.person("bob").join().receive("alice/microphone")
    alice.speak()
    await until(lambda: bob.got("alice/microphone"))
    block = rtcp.Block(bob.ssrc_of("alice/microphone"), 128, 9, 9, 0, 0, 0)
    bob.down.send(rtcp.ReceiverReport(9, (block,)).pack())
    await until(lambda: relay.worker.figures()["loss_share"] > 0)
    monkeypatch.setattr(subscription, "LATELY", -1.0)
    assert relay.worker.figures()["loss_share"] == 0


@pytest.mark.parametrize("seed", range(4))
async def test_reports_that_make_no_sense_are_dropped(relay: Gathering, seed: int):
    alice, bob = await filming(relay)
    random = Random(seed)
    for _ in range(60):
        kind, body = random.randrange(192, 224), random.randbytes(4 * random.randrange(1, 30))
        count = random.randrange(32)
        whole = bytes([0x80 | count, kind]) + (len(body) // 4).to_bytes(2, "big") + body
        for line in (alice.up, bob.down):
            line.send(whole)
            line.send(whole[:2] + random.randbytes(2) + body)
    await relay.settled()
    alice.speak(b"still here")
    await until(lambda: b"still here" in bob.bodies("alice/microphone"))


async def test_sources_of_packets_are_bounded(relay: Gathering):
    alice, bob = await filming(relay)
    alice.speak()
    for payload_type in (101, 100):
        sources = range(payload_type * 5000, payload_type * 5000 + STREAMS)
        flood = [alice.packet("camera", vp8(key=True), ssrc=one, payload_type=payload_type) for one in sources]
        await in_order(relay, alice, flood)
    uplink = relay.worker.meetings["weekly"].seats["alice"].uplink
    assert isinstance(uplink, Uplink) and uplink.keys
    assert len(uplink._streams) <= KNOWN_STREAMS
    assert len(uplink.keys._heard) == STREAMS
    alice.speak(b"still here")
    await until(lambda: b"still here" in bob.bodies("alice/microphone"))


async def test_of_sources_that_are_no_longer_used_nothing_is_kept(relay: Gathering):
    alice, bob = await filming(relay)
    for number in range(10):
        body = b"%d" % number * 500

        def films(number: int = number, body: bytes = body) -> bool:
            alice.film(body, key=True, ssrc=7000 + number)
            return body in bob.bodies("alice/camera")

        await until(films)
    layers = [layer for one in relay.worker.meetings["weekly"].publications() for layer in one.layers]
    gc.collect()
    kept = sum(one.bytes for one in gc.get_objects() if isinstance(one, Cache))
    assert kept == sum(layer.cache.bytes for layer in layers) > 0


async def test_of_people_who_come_and_go_no_ciphers_are_kept(relay: Gathering):
    alice, bob = await filming(relay)
    carol = await relay.person("carol").join().send("camera")
    await bob.receive("carol/camera")
    bob.want(carol_camera=360)
    carol.film(b"carol", key=True)
    await until(lambda: bob.bodies("carol/camera") == [b"carol"])
    downlink, gone = relay.worker.meetings["weekly"].seats["bob"].downlink, bob.ssrc_of("carol/camera")
    carol.ask("leave")
    assert downlink and downlink.keys
    with pytest.raises(pylibsrtp.Error):
        downlink.keys._sessions[1].remove_stream(gone)
    alice.speak(b"still here")
    await until(lambda: b"still here" in bob.bodies("alice/microphone"))


async def test_the_same_source_number_of_two_people_is_two_sources(relay: Gathering):
    alice, bob = await filming(relay)
    carol = await relay.person("carol").join().send("camera")
    await bob.receive("carol/camera")
    bob.want(alice_camera=360, carol_camera=360)
    carol.film(b"carol", key=True)
    alice.film(b"alice")
    await until(lambda: bob.bodies("carol/camera") == [b"carol"] and b"alice" in bob.bodies("alice/camera"))
    assert alice.ssrc("camera") == carol.ssrc("camera")


async def test_a_source_number_stays_with_the_track_it_was_first_used_for(relay: Gathering):
    alice, bob = await filming(relay)
    alice.up.send(alice.packet("microphone", b"claims the camera", ssrc=alice.ssrc("camera")))
    await relay.settled()
    alice.film(b"second")
    await until(lambda: len(bob.bodies("alice/camera")) == 2)
    assert b"claims the camera" not in bob.bodies("alice/microphone")


@pytest.mark.parametrize("seed", range(4))
async def test_packets_that_make_no_sense_stay_with_their_sender(relay: Gathering, seed: int):
    alice, bob = await filming(relay)
    random = Random(seed)
    for _ in range(200):
        packet = bytearray(alice.packet("camera", vp8(body=random.randbytes(random.randrange(30)))))
        at = random.choice([0, *range(12, len(packet))])
        packet[at] = random.randrange(256) if at else 0x80 | random.randrange(64)
        with contextlib.suppress(pylibsrtp.Error):  # it does not encrypt what has no header
            alice.up.send(bytes(packet))
    await relay.settled()
    alice.film(b"fine again", key=True)
    await until(lambda: b"fine again" in bob.bodies("alice/camera"))


async def test_who_sends_too_much_is_capped(relay: Gathering):
    alice, bob = await filming(relay)
    loop = asyncio.get_running_loop()
    began, body = loop.time(), bytes(1100)
    while relay.counts["over_rate"] < 1000:
        assert loop.time() < began + 20
        for _ in range(50):
            alice.film(body)
        await relay.settled()
    through = sum(len(packet.payload) for packet in bob.got("alice/camera"))
    assert through <= 1.1 * (1 + loop.time() - began) * Uplink.rate


async def test_descriptions_beyond_all_bounds_are_refused(relay: Gathering):
    alice = relay.person("alice").join()
    for code, text in {
        "sdp.too_many": alice.description(*["microphone"] * 300).encode()[: 60 * 1024].decode(),
        "sdp.malformed": alice.description("microphone").replace("a=mid:0", "a=mid:<0>"),
    }.items():
        with refused(code):
            alice.ask("publish", sdp=text, mids={})
    alice.rids = ("a", "b", "c", "d")
    with refused("sdp.malformed"):
        alice.publish("camera")
    assert relay.counts["uplinks"] == 0


@pytest.mark.parametrize("seed", range(5))
async def test_descriptions_of_noise_are_refused_or_answered(relay: Gathering, seed: int):
    alice, random = relay.person("alice").join(), Random(seed)
    alice.rids = ("q", "h", "f")
    good = alice.description("camera", "microphone")
    answered = 0
    for _ in range(300):
        text = list(good)
        for _ in range(random.randrange(1, 12)):
            text[random.randrange(len(text))] = random.choice("a=:\r\n 0Ā\u2028sm-1;/") * random.randrange(3)
        with contextlib.suppress(Refused):
            alice.ask("publish", sdp="".join(text), mids={"0": "camera", "1": "microphone"})
            answered += 1
    assert answered
    assert len(relay.worker.door._agents) <= 3  # up with the name before, and down


async def test_renegotiating_without_end_takes_no_memory(relay: Gathering):
    alice, bob = await filming(relay)
    worker = relay.worker
    sizes = set()
    for number in range(200):
        alice.up.ufrag = f"peer{number}"
        alice.publish("camera", "microphone")
        sizes.add((len(worker.door._agents), len(worker.door.addresses), len(asyncio.all_tasks())))
    assert len(sizes) <= 2
    for number in range(200):
        alice.session = str(number)
        alice.publish("camera", "microphone")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert len(worker.door._agents) == 3  # hers, and two down
    assert relay.counts["publications"] == 2


async def test_handshakes_nobody_finishes_hold_up_nobody(relay: Gathering):
    worker = relay.worker
    lingering = []
    for number in range(100):
        mallory = relay.person(f"mallory{number}").join()
        await mallory.up.open(mallory.publish("microphone"))
        mallory.up.check()
        lingering.append(mallory)
    await until(lambda: all(one.up.answers for one in lingering))
    assert relay.counts["handshakes_running"] == 0
    alice = await relay.person("alice").join().send("microphone")
    assert alice.up.dtls and alice.up.dtls.state == "connected"
    for mallory in lingering:
        for _ in range(100):
            mallory.up.socket.send(b"\x16" + bytes(40))
        await relay.settled()
        mallory.ask("leave")
    await until(lambda: relay.counts["handshakes_running"] == 0)
    assert len(worker.door._agents) == 2  # alice, up and down


async def test_a_handshake_that_goes_over_into_noise_is_given_up(relay: Gathering, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(dtls, "PATIENCE", 0.2)
    mallory = relay.person("mallory").join()
    await mallory.up.open(mallory.publish("microphone"))
    await mallory.up.prove()
    heard: list[bytes] = []
    mallory.up.socket.handler = heard.append
    shaking = asyncio.ensure_future(mallory.up.shake())
    await until(lambda: heard)
    shaking.cancel()

    def given_up() -> bool:
        mallory.up.socket.send(b"\x16" + bytes(40))
        return bool(relay.web.told("link", participant="mallory", state="lost"))

    end = asyncio.get_running_loop().time() + 5
    while not given_up():
        assert asyncio.get_running_loop().time() < end
        await asyncio.sleep(0)
    assert relay.counts["handshakes_running"] == 0


async def test_one_who_does_not_read_leaves_others_untouched(relay: Gathering):
    alice, bob = await filming(relay)
    deaf = await relay.person("deaf").join().receive("alice/camera", "alice/microphone")
    deaf.want(alice_camera=360)
    deaf.down.socket.transport.pause_reading()
    for number in range(100):
        alice.film(b"%d" % number, key=number == 0)
        await relay.settled()
    await until(lambda: bob.bodies("alice/camera")[-1:] == [b"99"])
    assert len(bob.bodies("alice/camera")) == 101


async def test_an_answer_with_another_certificate_than_the_handshake_gets_nothing(relay: Gathering):
    alice = await relay.person("alice").join().send("microphone")
    bob = relay.person("bob").join()
    offer = await until(bob.newest_offer)
    bob.accept(offer)
    bob.down.certificate = Line().certificate
    await bob.down.connect(offer["sdp"])
    alice.speak()
    await until(lambda: relay.web.told("link", participant="bob", link="downlink", state="lost"))
    assert bob.down.rtp == []


def test_a_packet_can_be_as_large_as_a_frame_of_ethernet():
    assert rtp.parse(wire(bytes(1400))).payload == bytes(1400)
