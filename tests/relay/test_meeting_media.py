"""What people send reaches those who may have it, and nobody else."""

from relay import rtcp
from relay.gaps import TIMES
from relay.speakers import VOICES
from tests.relay.peers import Gathering, refused, until


async def test_a_voice_is_heard_by_the_others(relay: Gathering):
    alice = await relay.person("alice").join().send("microphone")
    bob = await relay.person("bob").join().receive("alice/microphone")
    for _ in range(10):
        alice.speak()
    await until(lambda: len(bob.got("alice/microphone")) == 10)
    assert set(bob.bodies("alice/microphone")) == {b"hello"}
    numbers = [packet.sequence for packet in bob.got("alice/microphone")]
    assert numbers == list(range(numbers[0], numbers[0] + 10))


async def test_a_picture_goes_only_to_who_watches_it(relay: Gathering):
    alice = await relay.person("alice").join().send("camera")
    bob = await relay.person("bob").join().receive("alice/camera")
    bob.want(alice_camera=360)
    alice.film(b"first", key=True)
    await until(lambda: bob.bodies("alice/camera") == [b"first"])
    bob.want()
    for _ in range(5):
        alice.film(b"unseen", key=True)
    await relay.settled()
    bob.want(alice_camera=360)
    alice.film(b"again", key=True)
    await until(lambda: len(bob.bodies("alice/camera")) == 2)
    assert bob.bodies("alice/camera") == [b"first", b"again"]


async def test_a_picture_begins_with_a_key_frame_that_is_asked_for(relay: Gathering):
    alice = await relay.person("alice").join().send("camera")
    alice.film(b"middle")
    await relay.settled()
    bob = await relay.person("bob").join().receive("alice/camera")
    bob.want(alice_camera=360)
    await until(lambda: alice.up.told(rtcp.Pli))
    assert alice.up.told(rtcp.Pli)[0].media == alice.ssrc("camera")
    alice.film(b"still the middle")
    alice.film(b"key", key=True)
    alice.film(b"after")
    await until(lambda: len(bob.bodies("alice/camera")) == 2)
    assert bob.bodies("alice/camera") == [b"key", b"after"]


async def test_a_source_not_granted_goes_nowhere_and_comes_back_when_it_is(relay: Gathering):
    alice = await relay.person("alice").join("microphone").send("microphone", "camera")
    bob = await relay.person("bob").join().receive("alice/microphone", "alice/camera")
    bob.want(alice_camera=360)
    alice.film(b"forbidden", key=True)
    alice.speak(b"allowed")
    await relay.settled()
    alice.ask("grant", sources=["camera"], receive=True)
    alice.speak(b"forbidden")
    await relay.settled()
    alice.film(b"allowed", key=True)
    await until(lambda: bob.bodies("alice/camera") and bob.bodies("alice/microphone"))
    assert bob.bodies("alice/camera") == bob.bodies("alice/microphone") == [b"allowed"]


async def test_what_came_while_it_was_not_granted_is_not_missed_afterwards(relay: Gathering):
    alice = await relay.person("alice").join().send("camera")
    alice.film(b"1", key=True)
    await relay.settled()
    alice.ask("grant", sources=[], receive=True)
    for _ in range(20):
        alice.film(b"muted")
    await relay.settled()
    alice.ask("grant", sources=["camera"], receive=True)
    alice.packet("camera", b"lost")
    alice.film(b"after")
    nacks = await until(lambda: alice.up.told(rtcp.Nack))
    assert nacks[0].lost == (22,)
    lossy = await until(lambda: [one for one in alice.up.told(rtcp.ReceiverReport) if one.blocks[0].lost])
    assert lossy[0].blocks[0].lost == 1


async def test_who_may_not_receive_gets_no_offer_and_loses_the_link_they_had(relay: Gathering):
    alice = await relay.person("alice").join().send("microphone")
    gina = relay.person("gina").join(receive=False)
    bob = await relay.person("bob").join().receive("alice/microphone")
    assert gina.newest_offer() is None
    with refused("receive.forbidden"):
        gina.ask("restart")
    bob.ask("grant", sources=[], receive=False)
    alice.speak()
    await until(lambda: bob.down.dtls and bob.down.dtls.state == "closed")
    await relay.settled()
    assert bob.got("alice/microphone") == []


async def test_only_the_loudest_voices_go_on(relay: Gathering):
    bob = relay.person("bob").join()
    talkers = [await relay.person(f"talker{number}").join().send("microphone") for number in range(VOICES + 2)]
    await bob.receive(*(f"{talker.name}/microphone" for talker in talkers))
    for talker in talkers:
        for _ in range(3):
            talker.speak(level=20)
        await relay.settled()
    await until(lambda: sum(bool(bob.got(f"{talker.name}/microphone")) for talker in talkers) == VOICES)
    assert [bool(bob.got(f"{talker.name}/microphone")) for talker in talkers] == [True] * VOICES + [False] * 2


async def test_who_speaks_is_told_to_the_web(relay: Gathering):
    alice = await relay.person("alice").join().send("microphone")
    while not relay.web.told("speaker", participant="alice"):
        alice.speak(level=10)
        await relay.settled()
    alice.ask("grant", sources=["camera"], receive=True)
    assert relay.web.told("speaker")[-1]["participant"] is None


async def test_what_is_lost_on_the_way_up_is_asked_for_and_repaired(relay: Gathering):
    alice = await relay.person("alice").join().send("camera")
    bob = await relay.person("bob").join().receive("alice/camera")
    bob.want(alice_camera=360)
    alice.film(b"1", key=True)
    lost = alice.packet("camera", b"\x10\x01two")
    alice.film(b"3")
    nacks = await until(lambda: alice.up.told(rtcp.Nack))
    assert (nacks[0].media, nacks[0].lost) == (alice.ssrc("camera"), (2,))
    alice.up.send(lost)
    await until(lambda: len(bob.got("alice/camera")) == 3)
    assert sorted(packet.sequence for packet in bob.got("alice/camera"))[1] == bob.got("alice/camera")[2].sequence


async def test_what_is_lost_on_the_way_down_is_sent_again_as_a_repair(relay: Gathering):
    alice = await relay.person("alice").join().send("camera")
    bob = await relay.person("bob").join().receive("alice/camera")
    bob.want(alice_camera=360)
    alice.film(b"1", key=True)
    alice.film(b"2")
    await until(lambda: len(bob.got("alice/camera")) == 2)
    second, source = bob.got("alice/camera")[1], bob.ssrc_of("alice/camera")
    bob.down.send(rtcp.Nack(9, source, (second.sequence,)).pack())
    repair = (await until(lambda: [one for one in bob.down.rtp if one.ssrc == source + 1]))[0]
    assert repair.payload == second.sequence.to_bytes(2, "big") + second.payload


async def test_the_sender_is_told_what_arrived_and_how_much_of_it(relay: Gathering):
    alice = await relay.person("alice").join().send("microphone")
    for _ in range(3):
        alice.speak()
    reports = await until(lambda: alice.up.told(rtcp.ReceiverReport))
    assert [block.ssrc for block in reports[-1].blocks] == [alice.ssrc("microphone")]


async def test_clocks_are_passed_on_for_lips_to_fit_sounds(relay: Gathering):
    alice = await relay.person("alice").join().send("microphone")
    bob = await relay.person("bob").join().receive("alice/microphone")
    alice.speak(timestamp=5000)
    got = await until(lambda: bob.got("alice/microphone"))
    alice.up.send(rtcp.SenderReport(alice.ssrc("microphone"), 77 << 32, 5000, 1, 5).pack())
    reports = await until(lambda: bob.down.told(rtcp.SenderReport))
    assert (reports[0].ntp, reports[0].timestamp) == (77 << 32, got[0].timestamp)
    assert reports[0].ssrc == bob.ssrc_of("alice/microphone")


async def test_a_voice_that_is_sent_twice_is_still_a_voice(relay: Gathering):
    alice = relay.person("alice").join()
    twice = "SAVPF 63 111\r\na=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n"
    alice.mids = {"0": "microphone"}
    description = alice.description("microphone").replace("SAVPF 111\r\n", twice)
    answer = alice.ask("publish", sdp=description, mids=alice.mids).sdp
    assert "SAVPF 63 111\r\n" in answer
    await alice.up.connect(answer)
    bob = await relay.person("bob").join().receive("alice/microphone")
    alice.speak(payload_type=63)
    alice.speak(payload_type=111)
    await until(lambda: len(bob.got("alice/microphone")) == 2)
    assert [packet.payload_type for packet in bob.got("alice/microphone")] == [63, 111]


async def test_what_is_lost_is_asked_for_again_though_nothing_more_comes(relay: Gathering):
    alice = await relay.person("alice").join().send("camera")
    alice.film(b"1", key=True)
    alice.packet("camera", b"lost")
    alice.film(b"3")
    nacks = await until(lambda: len(told := alice.up.told(rtcp.Nack)) == TIMES and told)
    assert [nack.lost for nack in nacks] == [(2,)] * TIMES
