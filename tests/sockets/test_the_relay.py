"""Between a page and the relay: who may send what follows the meeting, wherever the change came from."""

from uuid import UUID

import pytest
from asgiref.sync import sync_to_async

from rooms.models import Meeting, RoomSettings
from rooms.services.rooms import change_room
from signaling.relays import Relays
from tests.conftest import guest_browser
from tests.sockets.people import in_call, state_of
from tests.sockets.relay import noted_worker

pytestmark = pytest.mark.django_db(transaction=True)
UPLINK = {"sdp": "v=0", "mids": {"0": "microphone"}}


@pytest.fixture(autouse=True)
def short_directory(settings, tmp_path_factory):
    """A socket's path has 107 bytes at most (unix(7))."""
    settings.RELAY_WORKERS = 1
    settings.RELAY_DIR = tmp_path_factory.mktemp("relay")


@pytest.fixture
def relayed(room):
    room.settings.engine = "RELAY"
    room.settings.save()
    return room


@sync_to_async
def engine():
    return Meeting.objects.get().engine


async def test_what_is_on_may_be_sent_from_the_moment_of_entering(relayed, host_page):
    async with noted_worker() as relay, in_call(relayed, host_page, microphone=True) as alice:
        assert alice.snapshot["meeting"]["engine"] == "RELAY"
        assert await alice.verdict("relay.enter") == "done"
        seat = await relay.noted("join")
        assert (seat["participant"], seat["sources"], seat["receive"]) == (alice.you, ["microphone"], True)
        assert seat["meeting"] == alice.snapshot["meeting"]["id"]


async def test_the_page_and_the_relay_hear_each_other(relayed, host_page, guest_page):
    async with (
        noted_worker() as relay,
        in_call(relayed, host_page) as alice,
        in_call(relayed, guest_page) as gina,
    ):
        for one in (alice, gina):
            await one.ask("relay.enter")
        relay.answers["publish"] = {"type": "done", "sdp": "v=0 answer"}
        assert (await alice.ask("relay.publish", **UPLINK))["sdp"] == "v=0 answer"
        assert (await relay.noted("publish"))["mids"] == {"0": "microphone"}
        meeting = alice.snapshot["meeting"]["id"]
        offer = {"version": 1, "sdp": "v=0", "tracks": [{"mid": "0", "participant": alice.you, "source": "camera"}]}
        relay.say({"type": "offer", "meeting": meeting, "participant": gina.you, **offer})
        assert await gina.event("relay.offer") == {"type": "relay.offer", **offer}
        accepted = {"version": 1, "fingerprint": "sha-256 AA", "ufrag": "abcd"}
        assert await gina.verdict("relay.accept", **accepted) == "done"
        assert accepted.items() <= (await relay.noted("accept", participant=gina.you)).items()
        assert await gina.verdict("relay.want", heights={f"{alice.you}/camera": 360}) == "done"
        assert (await relay.noted("want"))["heights"] == {f"{alice.you}/camera": 360}
        relay.say({"type": "speaker", "meeting": meeting, "participant": alice.you})
        for one in (alice, gina):
            assert (await one.event("relay.speaker"))["participant"] == alice.you
        assert not [one for one in await alice.events() if one["type"] == "relay.offer"]


async def test_a_refusal_of_the_relay_is_the_pages_refusal(relayed, host_page):
    async with noted_worker() as relay, in_call(relayed, host_page) as alice:
        await alice.ask("relay.enter")
        relay.answers["publish"] = {"type": "refused", "code": "sdp.invalid", "text": "No."}
        assert await alice.verdict("relay.publish", **UPLINK) == "sdp.invalid"


async def test_a_mute_by_a_host_takes_the_grant_at_once(relayed, host_page, guest_page):
    async with (
        noted_worker() as relay,
        in_call(relayed, host_page) as alice,
        in_call(relayed, guest_page, microphone=True, camera=True) as gina,
    ):
        await gina.ask("relay.enter")
        before = (await relay.noted("join", participant=gina.you))["seq"]
        await alice.ask("media.stop", participant=gina.you, source="microphone")
        grant = await relay.noted("grant", participant=gina.you, sources=["camera"])
        assert grant["seq"] > before
        await gina.ask("media.set", source="screen", on=True)
        await relay.noted("grant", participant=gina.you, sources=["camera", "screen", "screen-audio"])
        await alice.ask("meeting.suspend")
        await relay.noted("grant", participant=gina.you, sources=[])


@pytest.mark.parametrize("command", ["participant.remove", "meeting.leave"])
async def test_who_is_out_of_the_meeting_is_out_of_the_relay(relayed, host_page, guest_page, command):
    async with (
        noted_worker() as relay,
        in_call(relayed, host_page) as alice,
        in_call(relayed, guest_page) as gina,
    ):
        await gina.ask("relay.enter")
        if command == "meeting.leave":
            await gina.ask(command)
        else:
            await alice.ask(command, participant=gina.you)
        assert (await relay.noted("leave"))["participant"] == gina.you


async def test_the_end_of_the_meeting_is_its_end_on_the_relay(relayed, host_page):
    async with noted_worker() as relay, in_call(relayed, host_page) as alice:
        await alice.ask("meeting.end")
        assert (await relay.noted("close"))["meeting"] == alice.snapshot["meeting"]["id"]


async def test_a_lost_relay_is_told_and_entered_again(relayed, host_page):
    async with noted_worker() as relay, in_call(relayed, host_page) as alice:
        await alice.ask("relay.enter")
        await relay.noted("join")
        relay.hang_up()
        await alice.event("relay.reset")
        await relay.connected()
        assert await alice.verdict("relay.enter") == "done"
        await relay.noted("join")


async def test_without_a_worker_the_page_is_told_to_try_again(relayed, host_page):
    async with in_call(relayed, host_page) as alice:
        assert await alice.verdict("relay.enter") == "relay.unavailable"
        assert await alice.verdict("hand.raise") == "done"


async def test_the_fifth_person_takes_the_meeting_to_the_relay(room, host_page, bobs_page):
    guests = [await sync_to_async(guest_browser)(room, f"Guest {number}") for number in range(3)]
    async with noted_worker() as relay, in_call(room, host_page) as alice, in_call(room, bobs_page) as bob:
        assert await bob.verdict("relay.enter") == "relay.not-used"
        async with in_call(room, guests[0]), in_call(room, guests[1]):
            assert await engine() == "MESH"
            async with in_call(room, guests[2]) as fifth:
                assert (await alice.event("meeting.updated"))["meeting"]["engine"] == "RELAY"
                assert fifth.snapshot["meeting"]["engine"] == "RELAY"
                assert await fifth.verdict("relay.enter") == "done"
                await fifth.ask("meeting.leave")
                await relay.noted("leave", participant=fifth.you)
        await alice.ask("room.switch", setting="allow_chat", on=False)
        assert (await state_of(bob))["meeting"]["engine"] == "RELAY"  # it stays there


@pytest.mark.parametrize(("setting", "after"), [("AUTO", "RELAY"), ("MESH", "MESH")])
async def test_a_direct_way_that_fails_takes_an_automatic_room_to_the_relay(
    room, host_page, guest_page, setting, after
):
    await RoomSettings.objects.filter(room=room).aupdate(engine=setting)
    async with in_call(room, host_page) as alice, in_call(room, guest_page) as gina:
        assert await gina.verdict("mesh.failed", participant=alice.you) == "done"
        assert await engine() == after


@pytest.mark.parametrize("setting", ["AUTO", "RELAY"])
async def test_without_workers_every_room_goes_directly(room, host_page, guest_page, settings, setting):
    settings.RELAY_WORKERS = 0
    await RoomSettings.objects.filter(room=room).aupdate(engine=setting)
    async with in_call(room, host_page) as alice, in_call(room, guest_page) as gina:
        assert gina.snapshot["meeting"]["engine"] == "MESH"
        assert await gina.verdict("mesh.failed", participant=alice.you) == "done"
        assert await engine() == "MESH"


async def test_a_host_changes_the_engine_of_a_running_meeting(room, alice, host_page):
    async with noted_worker() as relay, in_call(room, host_page) as host:
        for setting in ("RELAY", "MESH"):
            await sync_to_async(change_room)(room=room, actor=alice, settings={"engine": setting})
            assert (await host.event("meeting.updated"))["meeting"]["engine"] == setting
        await host.ask("media.set", source="microphone", on=True)
        await host.ask("meeting.end")
        await relay.noted("close", meeting=host.snapshot["meeting"]["id"])
        assert [one["type"] for one in relay.heard] == []  # pages close their links when the other way plays


async def test_a_second_socket_of_the_seat_hears_instead_of_the_first(relayed, host_page):
    async with noted_worker() as relay, in_call(relayed, host_page) as first:
        await first.ask("relay.enter")
        async with in_call(relayed, host_page, move=True) as second:
            assert await second.verdict("relay.enter") == "done"
            assert await first.closed() == 4409
            event = {"meeting": second.snapshot["meeting"]["id"], "participant": second.you}
            relay.say({"type": "link", **event, "link": "uplink", "state": "connected"})
            assert (await second.event("relay.link"))["state"] == "connected"


async def test_a_socket_that_ends_late_takes_nothing_from_the_next(relayed, host_page):
    async with noted_worker() as relay, in_call(relayed, host_page) as alice:
        await alice.ask("relay.enter")
        meeting = alice.snapshot["meeting"]["id"]
        Relays.here().forget(UUID(meeting), UUID(alice.you), lambda event: None)
        relay.say({"type": "speaker", "meeting": meeting, "participant": None})
        await alice.event("relay.speaker")
