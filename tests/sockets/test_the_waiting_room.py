"""In front of the door: asking, the place in the queue, and what a host does about it."""

import asyncio
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from rooms.models import Attendance, Connection, Participant, ParticipantState, RoomSettings, WaitingRoom
from rooms.services import queue
from rooms.services.rooms import change_room
from signaling.renewals import Renewals
from signaling.services import presence
from tests.conftest import guest_browser
from tests.sockets.people import call_of, in_call, recorded, state_of
from tests.wire import wire

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def guarded_room(room):
    RoomSettings.objects.filter(room=room).update(waiting_room=WaitingRoom.GUESTS, waiting_message="Soon!")
    return room


@sync_to_async
def waiting_in(room):
    people = Participant.objects.waiting().filter(meeting__room=room)
    return list(people.values_list("guest_name", flat=True))


@sync_to_async
def expire(name):
    Connection.objects.filter(participant__guest_name=name).update(expires_at=timezone.now())
    presence.sweep()


async def listed(host):
    return [(one["name"], one["id"]) for one in (await host.ask("waiting.list"))["people"]]


async def test_a_guest_asks_and_is_let_in(guarded_room, host_page, guest_page):
    async with in_call(guarded_room, host_page) as alice, wire(call_of(guarded_room), guest_page) as gina:
        answer = await gina.join()
        assert (answer["waiting"], answer["message"]) == (1, "Soon!")
        assert not answer.keys() & {"snapshot", "ice_servers", "you"}
        assert (await alice.event("waiting.changed"))["count"] == 1
        [(name, gina_id)] = await listed(alice)
        assert name == "Gina"
        assert await alice.verdict("waiting.admit", participant=gina_id) == "done"
        await gina.event("waiting.admitted")
        inside = await gina.join()
        assert inside["you"] == gina_id
        assert await listed(alice) == []


async def test_who_waits_hears_and_does_nothing_of_the_meeting(guarded_room, host_page, guest_page):
    async with in_call(guarded_room, host_page) as alice, wire(call_of(guarded_room), guest_page) as gina:
        await gina.join()
        await alice.ask("hand.raise")
        assert await gina.verdict("hand.raise") == "meeting.not-joined"
        assert await gina.verdict("meeting.resync") == "meeting.not-joined"
        assert (await gina.ask("connection.renew", seq=0))["place"] == 1
        await Renewals.here().flush()
        await gina.ask("connection.renew", seq=0)
        await gina.nothing_but("waiting.moved")
        assert [one["name"] for one in (await state_of(alice))["participants"]] == ["Alice"]


async def test_members_walk_in_where_only_guests_wait(guarded_room, host_page, bobs_page):
    async with in_call(guarded_room, host_page), in_call(guarded_room, bobs_page) as bob:
        assert bob.you


async def test_everyone_but_the_host_waits_where_everyone_does(room, host_page, bobs_page):
    await RoomSettings.objects.filter(room=room).aupdate(waiting_room=WaitingRoom.EVERYONE)
    async with in_call(room, host_page), wire(call_of(room), bobs_page) as bob:
        assert (await bob.join())["waiting"] == 1


async def test_being_early_lets_nobody_in(guarded_room, host_page, guest_page):
    async with wire(call_of(guarded_room), guest_page) as gina:
        assert (await gina.join())["code"] == "room.host-absent"
        async with in_call(guarded_room, host_page):
            assert (await gina.join())["waiting"] == 1


async def test_a_reload_keeps_the_place_and_leaving_gives_it_up(guarded_room, host_page, guest_page):
    otto_page = await sync_to_async(guest_browser)(guarded_room, "Otto")
    async with in_call(guarded_room, host_page), wire(call_of(guarded_room), otto_page) as otto:
        async with wire(call_of(guarded_room), guest_page) as gina:
            token = (await gina.join())["connection"]
            assert (await otto.join())["waiting"] == 2
        async with wire(call_of(guarded_room), guest_page) as gina:
            assert (await gina.join(resume=token))["waiting"] == 1
            assert await gina.verdict("waiting.withdraw") == "done"
            while (await otto.event("waiting.moved"))["place"] != 1:
                pass
    assert await waiting_in(guarded_room) == ["Otto"]


async def test_who_is_gone_for_long_waits_no_more(guarded_room, host_page, guest_page):
    async with in_call(guarded_room, host_page) as alice:
        async with wire(call_of(guarded_room), guest_page) as gina:
            await gina.join()
        await expire("Gina")
        assert await listed(alice) == []


async def test_who_was_denied_is_told_and_may_ask_again_later(guarded_room, host_page, guest_page):
    async with in_call(guarded_room, host_page) as alice:
        async with wire(call_of(guarded_room), guest_page) as gina:
            await gina.join()
            [(_, gina_id)] = await listed(alice)
            await alice.ask("waiting.deny", participant=gina_id)
            assert await gina.closed() == 4413
            assert await recorded("participant.denied") == [{"participant": gina_id}]
        async with wire(call_of(guarded_room), guest_page) as gina:
            assert (await gina.join())["code"] == "participant.denied"
            earlier = timezone.now() - timedelta(minutes=2)
            await Participant.objects.filter(pk=gina_id).aupdate(updated_at=earlier)
            assert (await gina.join())["waiting"] == 1


async def test_all_are_let_in_at_once_and_when_the_waiting_room_is_switched_off(guarded_room, alice, host_page):
    pages = [await sync_to_async(guest_browser)(guarded_room, name) for name in ("Gina", "Otto", "Ida")]
    async with in_call(guarded_room, host_page) as host:
        for switch_off in (False, True):
            async with (
                wire(call_of(guarded_room), pages[0]) as one,
                wire(call_of(guarded_room), pages[1]) as two,
            ):
                await Participant.objects.filter(guest_name__in=["Gina", "Otto"]).aupdate(let_in=False)
                for guest in (one, two):
                    assert (await guest.join())["waiting"]
                if switch_off:
                    await sync_to_async(change_room)(
                        room=guarded_room, actor=alice, name="Weekly", settings={"waiting_room": WaitingRoom.OFF}
                    )
                else:
                    await host.ask("waiting.admit-all")
                    assert await recorded("participant.admitted") == [{"participant": "all"}]
                for guest in (one, two):
                    await guest.event("waiting.admitted")
                    assert (await guest.join())["you"]
                    await guest.ask("meeting.leave")


async def test_who_was_let_in_once_comes_back_without_asking(guarded_room, host_page, guest_page):
    async with in_call(guarded_room, host_page) as alice:
        async with wire(call_of(guarded_room), guest_page) as gina:
            await gina.join()
            [(_, gina_id)] = await listed(alice)
            await alice.ask("waiting.admit", participant=gina_id)
            await gina.join()
            await gina.ask("meeting.leave")
        async with in_call(guarded_room, guest_page) as gina:
            assert gina.you == gina_id


async def test_somebody_is_sent_back_and_waits_again(guarded_room, host_page, guest_page):
    async with in_call(guarded_room, host_page) as alice:
        async with wire(call_of(guarded_room), guest_page) as gina:
            await gina.join()
            [(_, gina_id)] = await listed(alice)
            await alice.ask("waiting.admit", participant=gina_id)
            await gina.join()
            assert await alice.verdict("participant.send-back", participant=gina_id) == "done"
            assert await gina.closed() == 4414
        async with wire(call_of(guarded_room), guest_page) as gina:
            assert (await gina.join())["waiting"] == 1
    stays = await sync_to_async(Attendance.objects.filter(participant=gina_id).count)()
    assert stays == 1
    assert await recorded("participant.admitted") == [{"participant": gina_id}]
    assert await recorded("participant.sent-back") == [{"meeting": alice.snapshot["meeting"]["id"]}]


async def test_twenty_admits_of_one_person_let_them_in_once(guarded_room, host_page, guest_page):
    async with in_call(guarded_room, host_page) as alice, wire(call_of(guarded_room), guest_page) as gina:
        await gina.join()
        [(_, gina_id)] = await listed(alice)
        admits = [sync_to_async(_admit, thread_sensitive=False)(alice.you, gina_id) for _ in range(20)]
        assert sorted(await asyncio.gather(*admits)).count("done") == 1
        await gina.event("waiting.admitted")


def _admit(host, target):
    from django.db import connection

    from realtime.refusals import Refused

    try:
        queue.admit(participant_id=host, target=target)
        return "done"
    except Refused as refused:
        return refused.code
    finally:
        connection.close()


async def test_the_end_of_the_meeting_ends_the_waiting(guarded_room, host_page, guest_page):
    async with in_call(guarded_room, host_page) as alice, wire(call_of(guarded_room), guest_page) as gina:
        await gina.join()
        await alice.ask("meeting.end")
        assert await gina.closed() == 4411
    assert not await Participant.objects.filter(state=ParticipantState.WAITING).aexists()


async def test_the_page_says_that_one_asks(guarded_room, host_page, guest_page):
    page = f"/join/{guarded_room.code}/"
    assert "Ask to join" not in await shown(guest_page, page)  # nobody could let them in yet
    async with in_call(guarded_room, host_page):
        assert "Ask to join" in await shown(guest_page, page)
        assert "Join now" in await shown(host_page, page)


@sync_to_async
def shown(page, path):
    return page.get(path).text
