"""How long each hand was up is kept, whichever way it went down."""

import pytest
from asgiref.sync import sync_to_async

from rooms.models import Hand, Participant
from tests.sockets.people import in_call

pytestmark = pytest.mark.django_db(transaction=True)


@sync_to_async
def hands() -> list[tuple[str, bool]]:
    """Everybody's, and whether it is up; the seats say the same."""
    kept = [(hand.participant.name, hand.lowered_at is None) for hand in Hand.objects.select_related("participant")]
    up = Participant.objects.filter(hand_raised_at__isnull=False)
    assert sorted(name for name, is_up in kept if is_up) == sorted(one.name for one in up)
    return kept


async def test_raised_and_lowered_by_oneself(room, guest_page):
    async with in_call(room, guest_page) as gina:
        assert await gina.verdict("hand.raise") == "done"
        assert await hands() == [("Gina", True)]
        await gina.ask("hand.lower")
        assert await hands() == [("Gina", False)]
    hand = await Hand.objects.aget()
    assert hand.raised_at < hand.lowered_at


async def test_each_time_is_kept_and_none_is_counted_twice(room, guest_page):
    async with in_call(room, guest_page) as gina:
        for command in ("raise", "raise", "lower", "lower", "raise"):
            assert await gina.verdict(f"hand.{command}") == "done"
        assert await hands() == [("Gina", False), ("Gina", True)]


async def test_a_hand_goes_down_with_who_leaves(room, guest_page):
    async with in_call(room, guest_page) as gina:
        await gina.ask("hand.raise")
        await gina.ask("meeting.leave")
        assert await hands() == [("Gina", False)]


async def test_a_host_lowers_one_hand_or_all(room, host_page, guest_page):
    async with in_call(room, host_page) as alice, in_call(room, guest_page) as gina:
        for one in (alice, gina):
            await one.ask("hand.raise")
        await alice.ask("hand.lower-other", participant=gina.you)
        assert sorted(await hands()) == [("Alice", True), ("Gina", False)]
        await alice.ask("hand.lower-all")
        assert sorted(await hands()) == [("Alice", False), ("Gina", False)]


async def test_all_go_down_when_the_meeting_ends(room, host_page, guest_page):
    async with in_call(room, host_page) as alice, in_call(room, guest_page) as gina:
        await gina.ask("hand.raise")
        await alice.ask("meeting.end")
        assert await hands() == [("Gina", False)]
    hand = await Hand.objects.select_related("participant__meeting").aget()
    assert hand.lowered_at == hand.participant.meeting.ended_at


async def test_a_removed_persons_hand_goes_down(room, host_page, guest_page):
    async with in_call(room, host_page) as alice, in_call(room, guest_page) as gina:
        await gina.ask("hand.raise")
        await alice.ask("participant.remove", participant=gina.you)
        assert await hands() == [("Gina", False)]
