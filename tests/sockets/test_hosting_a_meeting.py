"""What hosts do to the meeting as a whole, and to one person's name, place and way back."""

import pytest
from asgiref.sync import sync_to_async

from audit.models import AuditEntry
from rooms.models import SWITCHES, RoomSettings
from tests.sockets.people import call_of, in_call, person, state_of
from tests.wire import wire

pytestmark = pytest.mark.django_db(transaction=True)
SOURCES = ("microphone", "camera", "screen")


@sync_to_async
def recorded(action):
    return list(AuditEntry.objects.filter(action=action).order_by("at").values_list("changes", flat=True))


async def sent_by(call, name):
    state = person(await state_of(call), name)
    return {source for source in SOURCES if state[source]}


async def test_suspending_turns_everything_off_and_only_hosts_may_turn_it_on(room, host_page, bobs_page, guest_page):
    everything = {"microphone": True, "camera": True}
    async with (
        in_call(room, host_page, **everything) as alice,
        in_call(room, bobs_page, **everything) as bob,
        in_call(room, guest_page, **everything) as gina,
    ):
        await gina.ask("media.set", source="screen", on=True)
        assert await alice.verdict("meeting.suspend") == "done"
        assert (await gina.event("meeting.updated"))["meeting"]["suspended"] is True
        assert [await sent_by(alice, name) for name in ("Alice", "Bob", "Gina")] == [set()] * 3
        for source in SOURCES:
            assert await gina.verdict("media.set", source=source, on=True) == "meeting.suspended"
        assert await bob.verdict("reaction.send", emoji="👍") == "meeting.suspended"
        assert await bob.verdict("hand.raise") == "done"
        assert await alice.verdict("media.set", source="microphone", on=True) == "done"
        assert await alice.verdict("meeting.resume") == "done"
        assert (await gina.event("meeting.updated"))["meeting"]["suspended"] is False
        assert await gina.verdict("media.set", source="camera", on=True) == "done"
    assert (await recorded("meeting.suspended"), await recorded("meeting.resumed")) == ([{}], [{}])


async def test_suspending_twice_is_suspending_once(room, host_page):
    async with in_call(room, host_page, microphone=True) as alice:
        for command in ("meeting.suspend", "meeting.suspend"):
            assert await alice.verdict(command) == "done"
            await alice.ask("media.set", source="microphone", on=True)
        assert await sent_by(alice, "Alice") == {"microphone"}
    assert await recorded("meeting.suspended") == [{}]


async def test_who_comes_while_it_is_suspended_sends_nothing(room, host_page, guest_page):
    async with in_call(room, host_page) as alice:
        await alice.ask("meeting.suspend")
        async with in_call(room, guest_page, microphone=True, camera=True) as gina:
            assert gina.snapshot["meeting"]["suspended"] is True
            assert await sent_by(alice, "Gina") == set()


@pytest.mark.parametrize("setting", SWITCHES)
async def test_each_switch_is_set_alone_and_told_to_all(room, host_page, guest_page, setting):
    async with in_call(room, host_page) as alice, in_call(room, guest_page) as gina:
        before = gina.snapshot["room"]
        on = not before[setting]
        assert await alice.verdict("room.switch", setting=setting, on=on) == "done"
        assert (await gina.event("room.updated"))["room"] == before | {setting: on}
        assert await alice.verdict("room.switch", setting=setting, on=on) == "done"
    assert getattr(await RoomSettings.objects.aget(room=room), setting) is on
    assert await recorded("room.changed") == [{setting: [not on, on]}]


@pytest.mark.parametrize("setting", ["engine", "max_participants", "is_locked", "room_id", ""])
async def test_what_is_no_switch_cannot_be_switched(room, host_page, setting):
    async with in_call(room, host_page) as alice:
        assert await alice.verdict("room.switch", setting=setting, on=True) == "command.invalid"


async def test_a_right_that_is_gone_switches_nothing_however_long_the_panel_was_open(room, host_page, bobs_page):
    async with in_call(room, host_page) as alice, in_call(room, bobs_page) as bob:
        await alice.ask("cohost.make", participant=bob.you)
        assert await bob.verdict("room.switch", setting="allow_chat", on=False) == "done"
        await alice.ask("cohost.revoke", participant=bob.you)
        assert await bob.verdict("room.switch", setting="allow_chat", on=True) == "role.insufficient"
    assert (await RoomSettings.objects.aget(room=room)).allow_chat is False


@pytest.mark.parametrize(("setting", "source"), [("allow_camera", "camera"), ("allow_screen_share", "screen")])
async def test_what_is_not_allowed_any_more_stops_at_once(room, host_page, bobs_page, guest_page, setting, source):
    async with in_call(room, host_page) as alice, in_call(room, guest_page) as gina:
        await gina.ask("media.set", source=source, on=True)
        await alice.ask("room.switch", setting=setting, on=False)
        assert (await gina.event("media.stopped"))["source"] == source
        assert await sent_by(alice, "Gina") == set()
        await alice.ask("media.set", source=source, on=True)
        await alice.ask("room.switch", setting="allow_chat", on=False)
        assert await sent_by(gina, "Alice") == {source}  # hosts may


async def test_one_person_is_in_the_spotlight_for_all(room, host_page, bobs_page, guest_page):
    async with (
        in_call(room, host_page) as alice,
        in_call(room, bobs_page) as bob,
        in_call(room, guest_page) as gina,
    ):
        for one in (bob, gina, gina):
            assert await alice.verdict("spotlight.set", participant=one.you) == "done"
        lit = [one["name"] for one in (await state_of(bob))["participants"] if one["spotlight"]]
        assert lit == ["Gina"]
        await gina.ask("meeting.leave")
        assert not any(one["spotlight"] for one in (await state_of(bob))["participants"])
        await alice.ask("spotlight.set", participant=bob.you)
        assert await alice.verdict("spotlight.clear") == "done"
        assert not any(one["spotlight"] for one in (await state_of(bob))["participants"])
    assert [one["on"] for one in await recorded("participant.spotlighted")] == [True, False, True, True, False]


async def test_a_guest_is_renamed_until_the_meeting_ends(room, host_page, guest_page):
    async with in_call(room, host_page) as alice:
        async with in_call(room, guest_page) as gina:
            assert await alice.verdict("participant.rename", participant=gina.you, name="  Georgina ") == "done"
            assert person(await state_of(gina), "Georgina")["id"] == gina.you
            await gina.ask("meeting.leave")
        async with in_call(room, guest_page) as again:
            assert person(again.snapshot, "Georgina")["id"] == gina.you
        await alice.ask("meeting.end")
    assert await recorded("participant.renamed") == [{"name": ["Gina", "Georgina"]}]
    async with in_call(room, guest_page) as next_time:
        assert person(next_time.snapshot, "Gina")


@pytest.mark.parametrize(
    ("name", "code"), [("", "name.empty"), ("\u200b", "name.invisible"), ("x" * 51, "name.too-long")]
)
async def test_a_name_that_cannot_be_is_refused(room, host_page, guest_page, name, code):
    async with in_call(room, host_page) as alice, in_call(room, guest_page) as gina:
        assert await alice.verdict("participant.rename", participant=gina.you, name=name) == code
        assert person(await state_of(gina), "Gina")


async def test_who_has_an_account_is_not_renamed(room, host_page, bobs_page):
    async with in_call(room, host_page) as alice, in_call(room, bobs_page) as bob:
        assert await alice.verdict("participant.rename", participant=bob.you, name="Bobby") == "participant.not-guest"


async def test_who_is_removed_with_a_way_back_may_come_in_again(room, host_page, guest_page):
    async with in_call(room, host_page) as alice:
        async with in_call(room, guest_page) as gina:
            await alice.ask("participant.remove", participant=gina.you, may_return=True)
            assert await gina.closed() == 4415
        assert (await alice.event("participant.left"))["reason"] == "removed"
        async with in_call(room, guest_page) as again:
            assert again.you == gina.you
    assert await recorded("participant.removed") == [{"may_return": True}]


async def test_who_is_removed_with_a_way_back_asks_again_where_there_is_a_waiting_room(room, host_page, guest_page):
    await RoomSettings.objects.filter(room=room).aupdate(waiting_room="GUESTS")
    async with in_call(room, host_page) as alice, wire(call_of(room), guest_page) as gina:
        await gina.join()
        person_id = (await alice.ask("waiting.list"))["people"][0]["id"]
        await alice.ask("waiting.admit", participant=person_id)
        assert (await gina.join())["type"] == "done"
        await alice.ask("participant.remove", participant=gina.you, may_return=True)
        assert await gina.closed() == 4415
        async with wire(call_of(room), guest_page) as again:
            assert (await again.join())["waiting"] == 1


async def test_what_only_hosts_may_is_written_down_when_somebody_else_asks_for_it(room, host_page, guest_page):
    async with in_call(room, host_page) as alice, in_call(room, guest_page) as gina:
        assert await gina.verdict("participant.remove", participant=alice.you) == "role.insufficient"
        for _ in range(20):
            assert await gina.verdict("room.lock") == "role.insufficient"
        assert await gina.verdict("hand.raise") == "done"
    entries = AuditEntry.objects.filter(action="command.refused", entity_id=gina.you).order_by("at")
    changes = [one async for one in entries.values_list("changes", flat=True)]
    assert changes[0] == {"command": "participant.remove", "code": "role.insufficient"}
    assert len(changes) == 10  # an endless asker fills no disk


async def test_every_deed_leaves_an_entry(room, host_page, bobs_page):
    async with in_call(room, host_page) as alice, in_call(room, bobs_page) as bob:
        await bob.ask("hand.raise")
        await alice.ask("hand.lower-other", participant=bob.you)
        await alice.ask("hand.lower-all")
        await alice.ask("unmute.ask", participant=bob.you)
    for action in ("participant.hand-lowered", "meeting.hands-lowered", "participant.asked-to-unmute"):
        assert await recorded(action) == [{}], action
