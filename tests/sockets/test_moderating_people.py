"""What hosts do about other people: told to all, obeyed by the person's page, written down."""

import pytest

from rooms.models import Participant, RoomSettings
from tests.sockets.people import in_call, person, recorded, state_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("source", ["microphone", "camera", "screen"])
async def test_a_host_stops_a_source_and_the_person_sees_who_did(room, host_page, guest_page, source):
    async with in_call(room, host_page) as alice, in_call(room, guest_page) as gina:
        await gina.ask("media.set", source=source, on=True)
        assert await alice.verdict("media.stop", participant=gina.you, source=source) == "done"
        stopped = await gina.event("media.stopped")
        assert (stopped["participant"], stopped["source"], stopped["by"]) == (gina.you, source, "Alice")
        assert stopped["moderated"] is True
        assert person(await state_of(alice), "Gina")[source] is False
    assert await recorded("participant.stopped") == [{"source": source}]


async def test_what_is_off_already_is_not_stopped_again(room, host_page, guest_page):
    async with in_call(room, host_page) as alice, in_call(room, guest_page) as gina:
        await alice.ask("media.stop", participant=gina.you, source="camera")
        assert await recorded("participant.stopped") == []


@pytest.mark.parametrize(("may_unmute", "answer"), [(True, "done"), (False, "microphone.not-allowed")])
async def test_all_are_muted_with_or_without_the_right_to_unmute(
    room, host_page, bobs_page, guest_page, may_unmute, answer
):
    async with (
        in_call(room, host_page, microphone=True) as alice,
        in_call(room, bobs_page, microphone=True) as bob,
        in_call(room, guest_page, microphone=True) as gina,
    ):
        assert await alice.verdict("media.mute-all", may_unmute=may_unmute) == "done"
        people = (await state_of(alice))["participants"]
        assert {one["name"]: one["microphone"] for one in people} == {"Alice": True, "Bob": False, "Gina": False}
        for one in (bob, gina):
            assert await one.verdict("media.set", source="microphone", on=True) == answer
    assert (await RoomSettings.objects.aget(room=room)).allow_unmute is may_unmute
    assert await recorded("meeting.muted") == [{"may_unmute": may_unmute}]


async def test_the_question_to_unmute_goes_to_one_person(room, host_page, bobs_page, guest_page):
    async with (
        in_call(room, host_page) as alice,
        in_call(room, bobs_page) as bob,
        in_call(room, guest_page) as gina,
    ):
        await alice.ask("unmute.ask", participant=gina.you)
        assert (await gina.event("unmute.asked"))["by"] == "Alice"
        await bob.ask("connection.renew", seq=0)
        await bob.nothing_but("participant.joined", "participant.returned", "snapshot.stale")


async def test_hands_are_lowered_one_by_one_and_all_at_once(room, host_page, bobs_page, guest_page):
    async with (
        in_call(room, host_page) as alice,
        in_call(room, bobs_page) as bob,
        in_call(room, guest_page) as gina,
    ):
        for one in (alice, bob, gina):
            await one.ask("hand.raise")
        await alice.ask("hand.lower-other", participant=gina.you)
        assert person(await state_of(bob), "Gina")["hand"] is None
        assert person(await state_of(bob), "Bob")["hand"]
        await alice.ask("hand.lower-all")
        assert [one["hand"] for one in (await state_of(bob))["participants"]] == [None] * 3


async def test_a_co_host_hosts_until_that_is_taken_back(room, host_page, bobs_page, guest_page):
    async with (
        in_call(room, host_page) as alice,
        in_call(room, bobs_page) as bob,
        in_call(room, guest_page) as gina,
    ):
        assert await bob.verdict("room.lock") == "role.insufficient"
        assert await alice.verdict("cohost.make", participant=bob.you) == "done"
        assert (await gina.event("participant.updated"))["participant"]["role"] == "COHOST"
        assert person(await state_of(gina), "Bob")["role"] == "COHOST"
        assert await bob.verdict("room.lock") == "done"
        assert await bob.verdict("cohost.make", participant=gina.you) == "role.insufficient"
        assert await bob.verdict("participant.remove", participant=alice.you) == "participant.is-host"
        await alice.ask("cohost.revoke", participant=bob.you)
        assert await bob.verdict("room.unlock") == "role.insufficient"
    assert await recorded("participant.role-changed") == [{"role": "PARTICIPANT"}, {"role": "COHOST"}]


async def test_a_co_host_stays_one_over_a_reload(room, host_page, bobs_page):
    async with in_call(room, host_page) as alice:
        async with in_call(room, bobs_page) as bob:
            await alice.ask("cohost.make", participant=bob.you)
        async with in_call(room, bobs_page) as bob:
            assert person(bob.snapshot, "Bob")["role"] == "COHOST"


async def test_a_guest_is_no_co_host_and_the_host_stays_the_host(room, host_page, guest_page):
    async with in_call(room, host_page) as alice, in_call(room, guest_page) as gina:
        assert await alice.verdict("cohost.make", participant=gina.you) == "participant.is-guest"
        assert await alice.verdict("cohost.make", participant=alice.you) == "participant.is-host"
    assert await Participant.objects.filter(role="HOST").acount() == 1


async def test_a_co_host_does_not_silence_the_host(room, host_page, bobs_page):
    async with in_call(room, host_page, microphone=True) as alice, in_call(room, bobs_page) as bob:
        await alice.ask("cohost.make", participant=bob.you)
        answer = await bob.verdict("media.stop", participant=alice.you, source="microphone")
        assert answer == "participant.is-host"
