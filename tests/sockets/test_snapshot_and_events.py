"""A snapshot and the events after it make the same state as a fresh snapshot; what is lost is noticed and healed."""

import asyncio

import pytest
from asgiref.sync import sync_to_async

from realtime.outbox import Outbox
from rooms.models import Connection
from rooms.services.rooms import change_room
from signaling.renewals import Renewals
from signaling.services import presence
from tests.sockets.people import call_of, in_call, state_of
from tests.sockets.roster import Roster
from tests.sockets.test_presence import let_time_pass
from tests.wire import wire

pytestmark = pytest.mark.django_db(transaction=True)

# Every command that changes what people see, by all three, and what they do to one another on the way.
SCRIPT = [
    ("bob", "media.set", {"source": "microphone", "on": True}),
    ("gina", "media.set", {"source": "camera", "on": True}),
    ("alice", "hand.raise", {}),
    ("gina", "hand.raise", {}),
    ("bob", "media.set", {"source": "screen", "on": True}),
    ("gina", "media.set", {"source": "screen", "on": True}),
    ("alice", "room.lock", {}),
    ("alice", "room.lock", {}),
    ("alice", "media.set", {"source": "screen", "on": True}),
    ("bob", "media.set", {"source": "microphone", "on": False}),
    ("alice", "hand.lower", {}),
    ("alice", "hand.lower", {}),
    ("alice", "media.set", {"source": "screen", "on": False}),
    ("gina", "reaction.send", {"emoji": "👍"}),
    ("gina", "hand.lower", {}),
    ("alice", "room.unlock", {}),
    ("bob", "hand.raise", {}),
    ("alice", "cohost.make", {"participant": "bob"}),
    ("bob", "media.stop", {"participant": "gina", "source": "camera"}),
    ("bob", "hand.lower-all", {}),
    ("gina", "hand.raise", {}),
    ("bob", "hand.lower-other", {"participant": "gina"}),
    ("alice", "cohost.revoke", {"participant": "bob"}),
    ("gina", "media.set", {"source": "microphone", "on": True}),
    ("alice", "media.mute-all", {"may_unmute": False}),
]


async def follow(call, roster):
    for event in await call.events():
        roster.take(event)


async def test_every_command_of_three_people(room, host_page, bobs_page, guest_page):
    async with in_call(room, host_page) as alice:
        seen_by_host = Roster(alice.snapshot)
        async with in_call(room, bobs_page) as bob, in_call(room, guest_page) as gina:
            people = {"alice": alice, "bob": bob, "gina": gina}
            rosters = {"alice": seen_by_host, "bob": Roster(bob.snapshot), "gina": Roster(gina.snapshot)}
            for who, command, fields in SCRIPT:
                if "participant" in fields:
                    fields = {**fields, "participant": people[fields["participant"]].you}
                assert await people[who].verdict(command, **fields) == "done"
                for name, roster in rosters.items():
                    await follow(people[name], roster)
                    assert roster.equals(await state_of(alice)), (name, who, command)
        await alice.event("participant.dropped", participant=gina.you)


async def test_coming_and_going(room, alice, host_page, bobs_page, guest_page, strangers_page):
    async with in_call(room, host_page) as host:
        roster = Roster(host.snapshot)

        async def same(after):
            await follow(host, roster)
            assert roster.equals(await state_of(host)), after

        async with in_call(room, guest_page, microphone=True) as gina:
            await gina.verdict("hand.raise")
            await gina.verdict("media.set", source="screen", on=True)
            await same("joined")
        await gone(gina)
        await same("dropped")
        async with in_call(room, guest_page, camera=True) as gina:
            await same("returned")
            async with wire(call_of(room), guest_page) as elsewhere:
                await elsewhere.join(move=True)
                assert await gina.closed() == 4409
                await same("moved")
                await elsewhere.verdict("meeting.leave")
                await same("left")
        async with in_call(room, bobs_page) as bob:
            await bob.verdict("media.set", source="camera", on=True)
        await gone(bob)
        await let_time_pass(bob.you)
        await sync_to_async(presence.sweep)()
        await same("lost")
        async with in_call(room, bobs_page), in_call(room, strangers_page) as charlie:
            await host.verdict("participant.remove", participant=charlie.you)
            await same("removed")
            settings = {"allow_chat": False, "allow_unmute": False, "engine": "MESH"}
            await sync_to_async(change_room)(room=room, actor=alice, name="Renamed", settings=settings)
            await same("changed")
            assert roster.room["name"] == "Renamed"
        assert len(roster.people) == 2


@sync_to_async
def is_open(call):
    return Connection.objects.filter(participant=call.you, is_open=True).exists()


async def gone(call):
    """The socket's end has been noted; `disconnect` waits for the consumer."""
    assert not await is_open(call)


async def test_numbers_have_no_gaps_when_everybody_acts_at_once(room, host_page, bobs_page, guest_page):
    async with (
        in_call(room, host_page) as alice,
        in_call(room, bobs_page) as bob,
        in_call(room, guest_page) as gina,
    ):
        rosters = [(one, Roster(await state_of(one))) for one in (alice, bob, gina)]
        await asyncio.gather(*(flurry(one) for one in (alice, bob, gina)))
        for one, roster in rosters:
            await follow(one, roster)
            assert roster.equals(await state_of(one))


async def flurry(call):
    for number in range(8):
        await call.verdict("media.set", source="microphone", on=number % 2 == 0)
        await call.verdict("hand.raise" if number % 2 == 0 else "hand.lower")


async def test_joins_that_are_gathered_into_one_frame_keep_their_order(room, host_page, bobs_page, guest_page):
    async with in_call(room, host_page) as alice:
        roster = Roster(alice.snapshot)
        async with in_call(room, bobs_page), in_call(room, guest_page) as gina:
            await gina.verdict("hand.raise")
            await follow(alice, roster)
            assert [one["name"] for one in roster.people.values()] == ["Alice", "Bob", "Gina"]
            assert roster.people[gina.you]["hand"]


def lose(patch, kind):
    """Every event of this kind is lost on its way to the sockets."""
    put = Outbox.put
    patch.setattr(Outbox, "put", lambda outbox, text: None if f'"{kind}"' in text else put(outbox, text))


async def test_a_lost_event_shows_as_a_gap_and_a_resync_heals_it(room, host_page, guest_page, monkeypatch):
    async with in_call(room, host_page) as alice, in_call(room, guest_page) as gina:
        await alice.events()
        roster = Roster(await state_of(alice))
        with monkeypatch.context() as patch:
            lose(patch, "hand.raised")
            assert await gina.verdict("hand.raise") == "done"
            assert await alice.events() == []
        assert await gina.verdict("media.set", source="camera", on=True) == "done"
        [late] = await alice.events()
        assert late["seq"] == roster.seq + 2
        with pytest.raises(AssertionError, match="a gap"):
            roster.take(late)
        roster.replace(await state_of(alice))
        roster.take(late)
        assert roster.people[gina.you]["hand"]
        assert roster.people[gina.you]["camera"] is True
        assert roster.equals(await state_of(gina))


async def test_who_missed_the_last_event_is_told_when_renewing(room, host_page, guest_page, monkeypatch):
    async with in_call(room, host_page) as alice, in_call(room, guest_page) as gina:
        for one in (alice, gina):
            await one.events()
        known = (await state_of(alice))["seq"]
        with monkeypatch.context() as patch:
            lose(patch, "hand.raised")
            await gina.verdict("hand.raise")
            assert await alice.events() == []
        assert await alice.verdict("connection.renew", seq=known) == "done"
        assert await gina.verdict("connection.renew", seq=known + 1) == "done"
        await Renewals.here().flush()
        assert await alice.event("snapshot.stale") == {"type": "snapshot.stale", "seq": known + 1}
        assert await gina.events() == []
        assert (await state_of(alice))["seq"] == known + 1


async def test_a_new_snapshot_holds_everything_that_was_answered_before_it_was_asked_for(room, host_page, guest_page):
    """Snapshots are shared by those who ask at once, but never older than the question."""
    async with in_call(room, host_page) as alice, in_call(room, guest_page) as gina:
        for number in range(5):
            up = number % 2 == 0
            await gina.verdict("hand.raise" if up else "hand.lower")
            states = await asyncio.gather(state_of(alice), state_of(gina))
            for one in states:
                assert bool(Roster(one).people[gina.you]["hand"]) is up
