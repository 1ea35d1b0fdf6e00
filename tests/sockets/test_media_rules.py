"""What the room's settings allow is enforced on the server: when joining, and each time something is switched on."""

import pytest
from asgiref.sync import sync_to_async

from rooms.models import RoomSettings
from rooms.services.rooms import change_room
from signaling.services.states import EMOJI
from tests.sockets.people import in_call, in_chat, person, state_of

pytestmark = pytest.mark.django_db(transaction=True)

FORBIDS = {
    "microphone": ("allow_unmute", "microphone.not-allowed"),
    "camera": ("allow_camera", "camera.not-allowed"),
    "screen": ("allow_screen_share", "screen.not-allowed"),
}


@sync_to_async
def set_up(room, **settings):
    RoomSettings.objects.filter(room=room).update(**settings)


@sync_to_async
def change(room, alice, **settings):
    change_room(room=room, actor=alice, name="Weekly", settings=settings)


@pytest.mark.parametrize("source", FORBIDS)
async def test_a_source_that_is_not_allowed_stays_off_for_all_but_hosts(room, alice, host_page, bobs_page, source):
    setting, code = FORBIDS[source]
    async with in_call(room, host_page) as host, in_call(room, bobs_page) as bob:
        await change(room, alice, **{setting: False})
        assert await bob.verdict("media.set", source=source, on=True) == code
        assert person(await state_of(bob), "Bob")[source] is False
        assert await bob.verdict("media.set", source=source, on=False) == "done"
        assert await host.verdict("media.set", source=source, on=True) == "done"
        await change(room, alice, **{setting: True})
        assert await bob.verdict("media.set", source=source, on=True) == "done"


@pytest.mark.parametrize("source", ["microphone", "camera"])
async def test_nobody_joins_with_a_source_that_is_not_allowed(room, host_page, bobs_page, source):
    await set_up(room, **{FORBIDS[source][0]: False})
    async with in_call(room, host_page, microphone=True, camera=True) as host:
        async with in_call(room, bobs_page, microphone=True, camera=True) as bob:
            me = person(bob.snapshot, "Bob")
            assert me[source] is False
            assert me["microphone"] or me["camera"]  # the other one is on
        async with in_call(room, bobs_page, microphone=True, camera=True) as returned:
            assert person(returned.snapshot, "Bob")[source] is False
        assert person(host.snapshot, "Alice")[source] is True


@pytest.mark.parametrize(
    ("setting", "source"), [("mute_participants_on_join", "microphone"), ("camera_off_on_join", "camera")]
)
async def test_newcomers_start_silent_or_unseen_and_may_change_it(room, host_page, guest_page, setting, source):
    await set_up(room, **{setting: True})
    async with in_call(room, host_page, microphone=True, camera=True) as host:
        assert person(host.snapshot, "Alice")[source] is True
        async with in_call(room, guest_page, microphone=True, camera=True) as gina:
            assert person(gina.snapshot, "Gina")[source] is False
            assert await gina.verdict("media.set", source=source, on=True) == "done"
        async with in_call(room, guest_page, microphone=True, camera=True) as returned:
            assert person(returned.snapshot, "Gina")[source] is True  # a drop is no new start
            await returned.verdict("meeting.leave")
        async with in_call(room, guest_page, microphone=True, camera=True) as new:
            assert person(new.snapshot, "Gina")[source] is False


async def test_the_newest_presenter_takes_over(room, host_page, bobs_page, guest_page):
    async with in_call(room, host_page) as alice, in_call(room, bobs_page) as bob, in_call(room, guest_page) as gina:
        assert await bob.verdict("media.set", source="screen", on=True) == "done"
        assert await gina.verdict("media.set", source="screen", on=True) == "done"
        stopped = await bob.event("media.stopped")
        assert (stopped["participant"], stopped["source"], stopped["by"]) == (bob.you, "screen", "Gina")
        presenting = [one["name"] for one in (await state_of(alice))["participants"] if one["screen"]]
        assert presenting == ["Gina"]
        await gina.events()
        assert await gina.verdict("media.set", source="screen", on=True) == "done"  # from nobody but herself
        assert "media.stopped" not in [one["type"] for one in await gina.events()]


async def test_a_presenter_who_is_away_is_taken_over_too(room, host_page, bobs_page, guest_page):
    async with in_call(room, host_page) as alice, in_call(room, guest_page) as gina:
        async with in_call(room, bobs_page) as bob:
            await bob.verdict("media.set", source="screen", on=True)
        assert await gina.verdict("media.set", source="screen", on=True) == "done"
        presenting = [one["name"] for one in (await state_of(alice))["participants"] if one["screen"]]
        assert presenting == ["Gina"]


async def test_reactions_are_heard_by_all_and_leave_no_trace(room, host_page, guest_page):
    async with in_call(room, host_page) as alice, in_call(room, guest_page) as gina:
        seq = (await state_of(alice))["seq"]
        assert await gina.verdict("reaction.send", emoji=EMOJI[0]) == "done"
        sent = await alice.event("reaction.sent")
        assert sent == {"type": "reaction.sent", "participant": gina.you, "emoji": EMOJI[0]}
        assert (await state_of(alice))["seq"] == seq


async def test_reactions_are_few_at_once_and_each_person_has_their_own_measure(room, host_page, guest_page):
    async with in_call(room, host_page) as alice, in_call(room, guest_page) as gina:
        answers = [await gina.verdict("reaction.send", emoji="👍") for _ in range(8)]
        assert answers[:5] == ["done"] * 5
        assert "rate.exceeded" in answers[5:]
        assert await gina.verdict("hand.raise") == "done"
        assert await alice.verdict("reaction.send", emoji="👍") == "done"


async def test_reactions_can_be_turned_off_for_everybody(room, alice, host_page, guest_page):
    async with in_call(room, host_page) as host, in_call(room, guest_page) as gina:
        await change(room, alice, allow_reactions=False)
        for one in (host, gina):
            assert await one.verdict("reaction.send", emoji="👍") == "reaction.not-allowed"
            assert await one.verdict("reaction.send", emoji="🤖") == "reaction.unknown"


async def test_settings_that_change_are_told_to_everybody_inside(room, alice, host_page, guest_page):
    async with in_call(room, host_page) as host, in_call(room, guest_page) as gina, in_chat(gina, guest_page) as chat:
        settings = {
            "allow_chat": False,
            "allow_screen_share": False,
            "allow_reactions": False,
            "allow_unmute": False,
            "allow_camera": False,
            "engine": "MESH",
        }
        before = host.snapshot["room"]
        assert before == before | {"name": "Weekly", "code": room.code, "locked": False, "allow_chat": True}
        await change(room, alice, **settings)
        for one in (host, gina):
            told = (await one.event("room.updated"))["room"]
            assert told == before | settings
        sent = {"client_id": "11111111-1111-4111-8111-111111111111", "content": "hello"}
        assert await chat.verdict("message.send", **sent) == "chat.not-allowed"


async def test_settings_that_stay_as_they_are_are_not_told(room, alice, host_page):
    async with in_call(room, host_page) as host:
        await host.events()
        await change(room, alice, allow_chat=True)
        assert await host.events() == []


async def test_a_room_that_fills_up_lets_people_inside_switch_things_on(room, host_page, guest_page):
    await set_up(room, max_participants=2)
    async with in_call(room, host_page), in_call(room, guest_page) as gina:
        assert await gina.verdict("media.set", source="microphone", on=True) == "done"
