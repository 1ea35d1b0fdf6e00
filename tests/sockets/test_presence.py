"""A connection is a row with a time to live: who drops keeps the seat for a while, who stays away has left."""

from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from rooms.models import Attendance, Connection, Participant, ParticipantState
from rooms.services.admission import GRACE, LEASE
from signaling import consumers
from signaling.renewals import Renewals
from signaling.services import presence
from tests.sockets.people import call_of, in_call, in_chat, person, state_of
from tests.wire import wire

pytestmark = pytest.mark.django_db(transaction=True)

SOON = timedelta(seconds=1)


@sync_to_async
def connection_of(participant_id):
    return Connection.objects.filter(participant=participant_id).first()


@sync_to_async
def expires_in(participant_id):
    return Connection.objects.get(participant=participant_id).expires_at - timezone.now()


@sync_to_async
def let_time_pass(participant_id):
    """As if this person's time to live had run out."""
    Connection.objects.filter(participant=participant_id).update(expires_at=timezone.now() - SOON)


@sync_to_async
def state(participant_id):
    return Participant.objects.get(pk=participant_id).state


async def test_who_drops_keeps_the_seat_and_comes_back_as_they_were(room, host_page, bobs_page):
    async with in_call(room, host_page) as alice:
        async with in_call(room, bobs_page, microphone=True, camera=True) as bob:
            assert await bob.verdict("hand.raise") == "done"
            before = person(await state_of(alice), "Bob")
        await alice.event("participant.dropped", participant=bob.you)
        away = person(await state_of(alice), "Bob")
        assert away == {**before, "connected": False}
        assert await expires_in(bob.you) > GRACE - SOON * 10
        async with wire(call_of(room), bobs_page) as again:
            answer = await again.join(microphone=True, camera=True)
            assert (answer["returned"], answer["you"]) == (True, bob.you)
            told = (await alice.event("participant.returned"))["participant"]
            assert told == person(again.snapshot, "Bob")
            assert told["seq"] > before["seq"]  # whoever came later offers media
            changing = {"connection", "seq"}
            assert {k: v for k, v in told.items() if k not in changing} == {
                k: v for k, v in before.items() if k not in changing
            }
        assert await sync_to_async(Attendance.objects.filter(participant=bob.you).count)() == 1


async def test_who_comes_back_muted_is_muted(room, host_page, guest_page):
    async with in_call(room, host_page):
        async with in_call(room, guest_page, microphone=True, camera=True):
            pass
        async with in_call(room, guest_page) as again:
            gina = person(again.snapshot, "Gina")
            assert (gina["microphone"], gina["camera"]) == (False, False)


async def test_a_second_tab_has_to_say_that_it_takes_over(room, host_page, guest_page):
    async with in_call(room, host_page) as alice, in_call(room, guest_page) as first:
        async with wire(call_of(room), guest_page) as second:
            assert (await second.join())["code"] == "seat.elsewhere"
            assert (await second.join(resume=alice.connection))["code"] == "seat.elsewhere"
            assert await first.verdict("hand.raise") == "done"  # untouched by either try
            assert (await second.join(move=True))["type"] == "done"
            assert await first.closed() == 4409
            await first.disconnect()
            assert second.you == first.you
            assert person(await state_of(alice), "Gina")["connected"] is True  # the old socket's end drops nobody
        assert [one["type"] for one in await alice.events() if one["type"] == "participant.left"] == []


async def test_the_page_that_had_the_seat_takes_it_back_without_asking(room, host_page, guest_page):
    """After a broken network the server may not know yet that the old socket is dead."""
    async with (
        in_call(room, host_page),
        in_call(room, guest_page) as first,
        wire(call_of(room), guest_page) as again,
    ):
        answer = await again.join(resume=first.connection)
        assert (answer["returned"], answer["you"]) == (True, first.you)
        assert await first.closed() == 4409
        assert answer["connection"] != first.connection


async def test_the_connection_of_somebody_else_opens_nothing(room, host_page, guest_page, strangers_page):
    async with in_call(room, host_page), in_call(room, guest_page) as gina:
        async with in_call(room, strangers_page, resume=gina.connection) as charlie:
            assert charlie.you != gina.you
        assert await gina.verdict("hand.raise") == "done"


async def test_only_the_page_that_shared_the_screen_goes_on_sharing(room, host_page, guest_page):
    async with in_call(room, host_page) as alice:
        async with in_call(room, guest_page) as gina:
            assert await gina.verdict("media.set", source="screen", on=True) == "done"
        async with in_call(room, guest_page, resume=gina.connection) as again:
            assert person(again.snapshot, "Gina")["screen"] is True
        async with in_call(room, guest_page):
            assert person(await state_of(alice), "Gina")["screen"] is False


async def test_who_stays_away_has_left(room, host_page, guest_page):
    async with in_call(room, host_page) as alice:
        async with in_call(room, guest_page) as gina:
            await gina.verdict("hand.raise")
        await alice.event("participant.dropped", participant=gina.you)
        await sync_to_async(presence.sweep)()
        assert await state(gina.you) == ParticipantState.ADMITTED
        await let_time_pass(gina.you)
        await sync_to_async(presence.sweep)()
        assert (await alice.event("participant.left"))["reason"] == "lost"
        assert await state(gina.you) == ParticipantState.LEFT
        stay = await sync_to_async(Attendance.objects.get)(participant=gina.you)
        assert stay.left_at < timezone.now() - SOON / 2  # when the connection ran out, not when it was noticed
        async with wire(call_of(room), guest_page) as back:
            answer = await back.join()
            assert (answer["returned"], answer["you"]) == (False, gina.you)
            assert person(back.snapshot, "Gina")["hand"] is None
            assert (await alice.event("participant.joined"))["participant"]["id"] == gina.you
        assert await sync_to_async(Attendance.objects.filter(participant=gina.you).count)() == 2


async def test_two_sweeps_take_nobody_out_twice(room, host_page, guest_page):
    async with in_call(room, host_page) as alice:
        async with in_call(room, guest_page) as gina:
            pass
        await let_time_pass(gina.you)
        await sync_to_async(presence.sweep)()
        await sync_to_async(presence.sweep)()
        assert [one["type"] for one in await alice.events()].count("participant.left") == 1


async def test_a_socket_that_was_given_up_is_closed_and_may_come_back(room, host_page, guest_page):
    """Not renewed in time, a sleeping laptop say, but the socket is still there."""
    async with in_call(room, host_page), in_call(room, guest_page) as gina, in_chat(gina, guest_page) as chat:
        await let_time_pass(gina.you)
        await sync_to_async(presence.sweep)()
        assert await gina.closed() == 4412
        assert await chat.closed() == 4410
        async with in_call(room, guest_page) as again:
            assert again.you == gina.you


async def test_renewing_prolongs_a_connection_and_nothing_else_does(room, host_page, guest_page):
    async with in_call(room, host_page) as alice, in_call(room, guest_page) as gina:
        for one in (alice, gina):
            await let_time_pass(one.you)
        assert await gina.verdict("hand.raise") == "done"
        assert await alice.verdict("connection.renew", seq=99) == "done"
        await Renewals.here().flush()
        assert LEASE - SOON * 5 < await expires_in(alice.you) <= LEASE
        await sync_to_async(presence.sweep)()
        assert [await state(one.you) for one in (alice, gina)] == [ParticipantState.ADMITTED, ParticipantState.LEFT]


async def test_a_socket_that_has_lost_its_seat_renews_nothing(room, host_page, guest_page):
    async with in_call(room, host_page), in_call(room, guest_page) as first:
        assert await first.verdict("connection.renew", seq=99) == "done"
        async with wire(call_of(room), guest_page) as second:
            assert (await second.join(move=True))["type"] == "done"
            await let_time_pass(second.you)
            await Renewals.here().flush()
            assert await expires_in(second.you) < timedelta()


async def test_renewals_outlast_three_that_are_missed():
    assert timedelta(seconds=consumers.RENEWAL) * 3 <= LEASE
    assert LEASE < GRACE + LEASE


async def test_leaving_frees_the_seat_at_once(room, host_page, guest_page):
    async with in_call(room, host_page) as alice:
        async with in_call(room, guest_page) as gina:
            assert await gina.verdict("meeting.leave") == "done"
            assert await gina.closed() == 4410
        assert (await alice.event("participant.left"))["reason"] == "left"
        assert await connection_of(gina.you) is None
        assert [one["name"] for one in (await state_of(alice))["participants"]] == ["Alice"]
        kinds = [one["type"] for one in await alice.events()]
        assert "participant.dropped" not in kinds  # the socket's end is no news about who has left


async def test_who_is_removed_while_joining_is_not_left_listening(room, host_page, guest_page, monkeypatch):
    """Admitted, and taken out again before the socket could hear of it."""
    async with in_call(room, host_page) as alice:
        joined_topics = consumers.CallConsumer.joined_topics

        async def late(self, *topics, **labels):
            assert await alice.verdict("participant.remove", participant=labels["participant"]) == "done"
            await alice.events()
            await joined_topics(self, *topics, **labels)

        async with wire(call_of(room), guest_page) as gina:
            monkeypatch.setattr(consumers.CallConsumer, "joined_topics", late)
            assert (await gina.join())["code"] == "meeting.not-joined"
            assert await gina.closed() == 4410
        monkeypatch.undo()
        async with wire(call_of(room), guest_page) as gina:
            assert (await gina.join())["code"] == "participant.removed"
