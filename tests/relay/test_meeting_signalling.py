"""Offers, answers, layers and comings and goings, as the web processes see them."""

import asyncio
import re

from relay import rtcp
from relay.udp import Wire
from relay.worker import ORPHANED
from tests.relay.peers import Gathering, Line, Person, Web, refused, until

RIDS = ("q", "h", "f")


def directions(sdp: str) -> dict[str, str]:
    """By mid."""
    sections = sdp.split("\r\nm=")[1:]
    return {
        re.findall(r"a=mid:(\S+)", one)[0]: re.findall(r"a=(sendonly|inactive|recvonly)", one)[0] for one in sections
    }


async def test_one_offer_waits_for_its_answer_and_the_next_brings_all_that_changed(relay: Gathering):
    bob = relay.person("bob").join()
    alice, carol = relay.person("alice").join(), relay.person("carol").join()
    alice.publish("microphone")
    first = await until(bob.newest_offer)
    carol.publish("microphone")
    alice.publish("microphone", "camera")
    await asyncio.sleep(0)
    assert relay.web.told("offer", participant="bob") == [first]
    bob.accept(first)
    second = await until(bob.newest_offer)
    assert {(track["participant"], track["source"]) for track in second["tracks"]} == {
        ("alice", "microphone"),
        ("alice", "camera"),
        ("carol", "microphone"),
    }
    assert second["version"] == first["version"] + 1


async def test_only_the_latest_offer_can_be_answered(relay: Gathering):
    bob, alice = relay.person("bob").join(), relay.person("alice").join()
    with refused("version.stale"):
        bob.ask("accept", version=1, fingerprint=bob.down.fingerprint, ufrag="peer")
    alice.publish("microphone")
    first = await until(bob.newest_offer)
    bob.accept(first)
    with refused("version.stale"):
        bob.accept(first)


async def test_a_line_of_somebody_who_left_is_used_again(relay: Gathering):
    bob = relay.person("bob").join()
    alice, carol = relay.person("alice").join(), relay.person("carol").join()
    alice.publish("microphone", "camera")
    await bob_accepts(bob)
    alice.ask("leave")
    second = await bob_accepts(bob)
    assert set(directions(second["sdp"]).values()) == {"inactive"} and second["tracks"] == []
    carol.publish("camera")
    third = await bob_accepts(bob)
    assert sorted(directions(third["sdp"]).values()) == ["inactive", "sendonly"]
    assert [track["participant"] for track in third["tracks"]] == ["carol"]
    ssrcs = [set(re.findall(r"a=ssrc:(\d+)", one["sdp"])) for one in (relay.web.told("offer")[0], third)]
    assert not ssrcs[0] & ssrcs[1]


async def bob_accepts(bob: Person) -> dict[str, object]:
    offer: dict[str, object] = await until(bob.newest_offer)
    bob.accept(offer)
    return offer


async def test_a_restarted_downlink_goes_on_over_new_names(relay: Gathering):
    alice = await relay.person("alice").join().send("microphone")
    bob = await relay.person("bob").join().receive("alice/microphone")
    bob.ask("restart")
    offer = await until(bob.newest_offer)
    old = bob.down.socket
    bob.down.ufrag = "anew"
    bob.accept(offer)
    await bob.down.open(offer["sdp"])
    await bob.down.prove()
    alice.speak()
    await until(lambda: bob.bodies("alice/microphone") == [b"hello"])
    assert bob.down.socket is not old


async def test_a_page_that_was_reloaded_gets_a_new_connection(relay: Gathering):
    alice = await relay.person("alice").join().send("microphone")
    bob = await relay.person("bob").join().receive("alice/microphone")
    old, bob.down = bob.down, Line()
    bob.ask("restart")
    await bob.receive("alice/microphone")
    await until(lambda: old.dtls and old.dtls.state == "closed")
    alice.speak()
    await until(lambda: bob.bodies("alice/microphone") == [b"hello"])


async def test_a_decoder_that_begins_anew_gets_a_key_frame(relay: Gathering):
    alice = await relay.person("alice").join().send("camera")
    bob = await relay.person("bob").join().receive("alice/camera")
    bob.want(alice_camera=360)
    alice.film(b"first", key=True)
    await until(lambda: bob.got("alice/camera"))
    asked = relay.counts["keyframes_asked"]
    bob.down = Line()
    bob.ask("restart")
    await bob.receive("alice/camera")
    await until(lambda: relay.counts["keyframes_asked"] > asked)


async def test_a_publisher_who_comes_back_with_a_new_connection_is_heard_on(relay: Gathering):
    alice = await relay.person("alice").join().send("camera")
    bob = await relay.person("bob").join().receive("alice/camera")
    bob.want(alice_camera=360)
    alice.film(b"before", key=True)
    await until(lambda: bob.got("alice/camera"))
    alice.up, alice.session = Line(), "2"
    await alice.send("camera")
    alice.film(b"middle", ssrc=77)
    await until(lambda: alice.up.told(rtcp.Pli))
    alice.film(b"after", ssrc=77, key=True)
    await until(lambda: bob.bodies("alice/camera")[-1:] == [b"after"])
    assert bob.bodies("alice/camera") == [b"before", b"after"]
    first, second = bob.got("alice/camera")
    assert (second.sequence - first.sequence) & 0xFFFF == 1


async def test_an_uplink_restarts_over_a_new_path_with_the_same_keys(relay: Gathering):
    alice = await relay.person("alice").join().send("microphone")
    bob = await relay.person("bob").join().receive("alice/microphone")
    alice.up.ufrag = "anew"
    answer = alice.publish("microphone")
    assert f"a=ice-ufrag:{alice.up.theirs}\r\n" not in answer
    await alice.up.open(answer)
    await alice.up.prove()
    alice.speak()
    await until(lambda: bob.bodies("alice/microphone") == [b"hello"])
    assert relay.counts["handshakes"] == 2


async def test_publishers_are_told_what_is_watched_at_all(relay: Gathering):
    alice = relay.person("alice").join()
    alice.rids = RIDS
    alice.publish("camera")
    bob, carol = relay.person("bob").join(), relay.person("carol").join()
    for height, who in ((180, bob), (720, carol), (360, carol), (0, carol), (0, bob)):
        who.want(alice_camera=height)
    told = [event["rids"] for event in relay.web.told("layers", participant="alice", source="camera")]
    assert told == [[], ["q"], ["q", "h", "f"], ["q", "h"], ["q"], []]
    bob.want(alice_camera=720)
    bob.ask("leave")
    assert relay.web.told("layers")[-1]["rids"] == []


async def test_each_gets_the_layer_that_fills_their_tile(relay: Gathering):
    alice = relay.person("alice").join()
    alice.rids = RIDS
    await alice.send("camera")
    bob = await relay.person("bob").join().receive("alice/camera")
    carol = await relay.person("carol").join().receive("alice/camera")
    for one in (bob, carol):
        one.down.send(rtcp.Remb(1, 5_000_000).pack())
    await relay.settled()
    bob.want(alice_camera=180)
    carol.want(alice_camera=360)
    for rid in RIDS:
        alice.film(rid.encode(), key=True, rid=rid)
    await relay.settled()
    while not (bob.got("alice/camera") and carol.got("alice/camera")):
        for rid in RIDS:
            alice.film(rid.encode(), key=True, rid=rid)
        await relay.settled()
    assert (bob.bodies("alice/camera")[-1], carol.bodies("alice/camera")[-1]) == (b"q", b"h")
    bob.want(alice_camera=360)
    while bob.bodies("alice/camera")[-1] != b"h":
        for rid in RIDS:
            alice.film(rid.encode(), key=True, rid=rid)
        await relay.settled()
    numbers = [packet.sequence for packet in bob.got("alice/camera")]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


async def test_leaving_closes_both_links_at_once(relay: Gathering):
    alice = await relay.person("alice").join().send("microphone")
    bob = await relay.person("bob").join().send("microphone")
    await bob.receive("alice/microphone")
    bob.ask("leave")
    await until(lambda: bob.up.dtls and bob.up.dtls.state == "closed" and bob.down.dtls.state == "closed")
    for line in (bob.up, bob.down):
        line.check()
    bob.up.socket.send(b"\x80" + bytes(30))
    await relay.settled()
    assert (relay.counts["bad_checks"], relay.counts["strangers"]) == (2, 1)
    with refused("seat.unknown"):
        bob.want()
    assert alice.up.dtls


async def test_a_closed_meeting_leaves_nothing_behind(relay: Gathering):
    alice = await relay.person("alice").join().send("microphone")
    await relay.person("bob").join().receive("alice/microphone")
    relay.web.ask("close", meeting="weekly")
    door = relay.worker.door
    assert (relay.worker.meetings, door.addresses, door._agents) == ({}, {}, {})
    await until(lambda: alice.up.dtls and alice.up.dtls.state == "closed")


async def test_a_browser_that_hangs_up_is_gone_for_the_others(relay: Gathering):
    alice = await relay.person("alice").join().send("microphone")
    bob = await relay.person("bob").join().receive("alice/microphone")
    await alice.up.close()
    offer = await until(bob.newest_offer)
    assert offer["tracks"] == []
    assert relay.web.told("link", participant="alice", link="uplink", state="lost")


async def test_a_link_nobody_checks_any_more_is_lost(relay: Gathering):
    alice = await relay.person("alice").join().send("microphone")
    now = relay.worker.port.now
    uplink = relay.worker.meetings["weekly"].seats["alice"].uplink
    assert uplink
    uplink.check_consent(now() + 29)
    assert not relay.web.told("link", participant="alice", state="lost")
    uplink.check_consent(now() + 31)
    assert relay.web.told("link", participant="alice", state="lost")
    assert alice.up.socket


async def test_who_waits_alone_is_offered_what_comes_later(relay: Gathering):
    bob = relay.person("bob").join()
    relay.worker._every_second(relay.worker.port.now() + 3600)
    relay.person("alice").join().publish("microphone")
    assert (await until(bob.newest_offer))["version"] == 1


async def test_versions_of_offers_only_rise(relay: Gathering):
    await relay.person("alice").join().send("microphone")
    bob = await relay.person("bob").join().receive("alice/microphone")
    before = bob.offer["version"]
    await bob.down.close()
    await until(lambda: relay.web.told("link", participant="bob", link="downlink", state="lost"))
    bob.ask("restart")
    assert (await until(bob.newest_offer))["version"] == before + 1


async def test_people_of_a_web_process_that_hung_up_stay_for_a_while(relay: Gathering):
    relay.person("alice").join()
    bob = relay.person("bob").join()
    now = relay.worker.port.now()
    relay.worker.hung_up(Web(relay.worker))
    relay.worker._every_second(now + ORPHANED + 1)
    assert relay.counts["participants"] == 2
    relay.worker.hung_up(relay.web)
    bob.join()
    relay.worker._every_second(now + ORPHANED - 1)
    assert relay.counts["participants"] == 2
    relay.worker._every_second(now + ORPHANED + 1)
    assert relay.counts["participants"] == 1


async def test_who_left_and_came_back_by_another_web_process_stays(relay: Gathering):
    bob = relay.person("bob").join()
    now = relay.worker.port.now()
    relay.worker.hung_up(relay.web)
    bob.ask("leave")
    bob.join()
    relay.worker._every_second(now + ORPHANED + 1)
    assert relay.counts["participants"] == 1


async def test_joining_again_repeats_what_may_have_been_missed(relay: Gathering):
    bob, alice = relay.person("bob").join(), relay.person("alice").join()
    alice.publish("camera")
    offer = await until(bob.newest_offer)
    relay.web.events.clear()
    bob.join()
    alice.join()
    assert relay.web.told("offer") == [offer]
    assert relay.web.told("layers", participant="alice")[0]["rids"] == []


async def test_a_meeting_hears_nothing_of_another(relay: Gathering):
    alice = await relay.person("alice").join().send("microphone")
    stranger = relay.person("charlie", meeting="other").join()
    alice.speak()
    await relay.settled()
    assert stranger.newest_offer() is None


async def test_a_source_is_sent_once_and_is_what_it_is_called(relay: Gathering):
    alice = relay.person("alice").join()
    for mids in ({"0": "microphone", "1": "microphone"}, {"0": "camera"}):
        with refused("sdp.malformed"):
            alice.ask("publish", sdp=alice.description("microphone", "microphone"), mids=mids)


async def test_what_waits_beyond_all_bounds_is_dropped_video_first(relay: Gathering):
    alice = await relay.person("alice").join().send("microphone", "camera")
    bob = await relay.person("bob").join().receive("alice/microphone", "alice/camera")
    bob.want(alice_camera=360)
    wire: Wire = relay.worker.wires[0]
    alice.film(b"first", key=True)
    alice.speak(b"first")
    await until(lambda: bob.got("alice/camera") and bob.got("alice/microphone"))
    wire._blocked = True
    spare = [wire._free.pop() for _ in range(len(wire._free) - 4)]
    for number in range(8):  # each longer than the last, so that none joins its run
        alice.film(b"video" + bytes(number), key=True)
        alice.speak(b"audio" + bytes(number))
    await relay.settled()
    wire._blocked = False
    wire._flush()
    wire._free += spare
    await until(lambda: sum(body.startswith(b"audio") for body in bob.bodies("alice/microphone")) >= 3)
    assert sum(body.startswith(b"video") for body in bob.bodies("alice/camera")) <= 1
    assert wire.counts["dropped_video"] >= 7
