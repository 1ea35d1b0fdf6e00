"""What may never happen, tried many times at once. Each says what came of it, and what was wrong with that."""

import secrets
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from django.db import connections
from django.utils import timezone

from bookings.models import Booking, Slot
from bookings.proof.requests import Answer, Crowd, Post
from bookings.proof.world import World, overlapping_pairs
from bookings.services.approval import approve
from bookings.services.bookings import book, change
from bookings.services.wishes import Wish
from bookings.spaces.models import Space
from realtime.refusals import Refused

HOUR = timedelta(hours=1)


@dataclass
class Outcome:
    """`counts` by status or code; `times` in seconds."""

    name: str
    counts: Counter[str]
    times: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def expect(self, is_so: bool, otherwise: str) -> None:
        if not is_so:
            self.wrong.append(otherwise)


class Proof:
    def __init__(self, world: World, crowd: Crowd, requests: int) -> None:
        self._world, self._crowd, self._requests = world, crowd, requests
        tomorrow = timezone.now().astimezone(UTC) + timedelta(days=2)
        self._day = tomorrow.replace(hour=0, minute=0, second=0, microsecond=0)

    def outcomes(self) -> Iterator[Outcome]:
        for scenario in (
            self.one_slot,
            self.staggered,
            self.adjacent,
            self.many_spaces,
            self.one_key,
            self.two_administrators,
            self.swap,
            self.several_spaces,
        ):
            found = scenario()
            found.expect(overlapping_pairs() == 0, "overlapping bookings")
            yield found

    def one_slot(self) -> Outcome:
        [space] = self._world.new_spaces(1)
        found = self._posted("one slot", [([space], self._day, HOUR)] * self._requests)
        found.expect(found.counts == {"201": 1, "409": self._requests - 1}, "not exactly one booking")
        return found

    def staggered(self) -> Outcome:
        """An hour each, beginning every five minutes of three and a quarter hours: two to four fit."""
        [space] = self._world.new_spaces(1)
        starts = (self._day + timedelta(minutes=5 * (number % 40)) for number in range(self._requests))
        found = self._posted("staggered", [([space], start, HOUR) for start in starts])
        found.expect(2 <= found.counts["201"] <= 4, "not two to four bookings")
        return found

    def adjacent(self) -> Outcome:
        [space] = self._world.new_spaces(1)
        found = self._posted("neighbours", [([space], self._day + number * HOUR / 2, HOUR / 2) for number in range(48)])
        found.expect(found.counts == {"201": 48}, "neighbours were in each other's way")
        return found

    def many_spaces(self) -> Outcome:
        spaces = self._world.new_spaces(50)
        found = self._posted("50 spaces, 4 each", [([space], self._day, HOUR) for space in spaces * 4])
        found.expect(found.counts == {"201": 50, "409": 150}, "not one booking in each space")
        return found

    def one_key(self) -> Outcome:
        [space] = self._world.new_spaces(1)
        post = self._post(3, [space], self._day, HOUR, key=secrets.token_hex(8))
        answers = self._crowd.send([post] * 20)
        found = _outcome("one key, 20 times", answers)
        found.expect(found.counts == {"201": 20}, "a repeated request was refused")
        found.expect(len({str(sorted(one.body.items())) for one in answers}) == 1, "not the same answer each time")
        found.expect(Booking.objects.filter(spaces=space).count() == 1, "not one booking")
        return found

    def several_spaces(self) -> Outcome:
        """Two spaces together against either of them, 100 times: whole or not at all."""
        both = self._world.new_spaces(2)
        starts = [self._day + timedelta(minutes=15 * number) for number in range(50)]
        wanted = [(spaces, start, HOUR / 4) for start in starts for spaces in (both, both[:1], both[::-1], both[1:])]
        found = self._posted("two spaces against one", wanted)
        held = Slot.objects.filter(space__in=both, is_held=True)
        kept = Booking.objects.filter(slots__in=held).distinct()
        found.expect(found.counts["201"] == kept.count(), "rows are missing")
        found.expect(len(set(held.values_list("blocked_from", flat=True))) == len(starts), "nobody got a time")
        found.expect(all(one.slots.count() == int(one.title) for one in kept), "half a booking")
        return found

    def two_administrators(self) -> Outcome:
        """Both say yes to the same at once, on connections of their own: one has said it."""
        [space] = self._world.new_spaces(1)
        Space.objects.filter(pk=space.pk).update(needs_approval=True)
        asked = book(organizer=self._world.members[3], wish=self._wish(space, self._day))
        verbs = [partial(approve, booking=asked, actor=one, version=1) for one in self._world.members[:2]]
        found = _at_once("two administrators", verbs)
        found.expect(found.counts == {"done": 1, "booking.changed": 1}, "not exactly one approval")
        return found

    def swap(self) -> Outcome:
        """Two people move to each other's time at once: nobody can, and nobody waits for ever."""
        [space] = self._world.new_spaces(1)
        times = (self._day, self._day + HOUR)
        people = self._world.members[3:5]
        made = [book(organizer=who, wish=self._wish(space, at)) for who, at in zip(people, times, strict=True)]
        moves = [
            partial(change, booking=one, actor=who, version=1, wish=Wish.of(one, starts_at=at, ends_at=at + HOUR))
            for one, who, at in zip(made, people, reversed(times), strict=True)
        ]
        found = _at_once("a swap", moves)
        found.expect(found.counts == {"booking.conflict": 2}, "somebody was moved onto another")
        return found

    def _posted(self, name: str, wanted: Sequence[tuple[Sequence[Space], datetime, timedelta]]) -> Outcome:
        people = len(self._world.members)
        posts = [self._post(number % people, *one) for number, one in enumerate(wanted)]
        return _outcome(name, self._crowd.send(posts))

    def _post(self, person: int, spaces: Sequence[Space], starts: datetime, length: timedelta, key: str = "") -> Post:
        fields = {
            "spaces": [str(space.pk) for space in spaces],
            "starts": starts.isoformat(),
            "ends": (starts + length).isoformat(),
            "title": str(len(spaces)),
        }
        path = f"/organizations/{self._world.organization.slug}/bookings/"
        return Post(path, self._world.cookies[person], fields, key)

    def _wish(self, space: Space, starts: datetime) -> Wish:
        return Wish((space,), starts, starts + HOUR, title="Proof")


def _outcome(name: str, answers: Sequence[Answer]) -> Outcome:
    counts = Counter(str(one.status) for one in answers)
    found = Outcome(name, counts, [one.seconds for one in answers])
    odd = {f"{one.status} {one.body.get('code', '')}".strip() for one in answers if one.status not in (201, 409)}
    found.expect(not odd, f"answered with {', '.join(sorted(odd))}")
    return found


def _at_once(name: str, verbs: Sequence[Callable[[], object]]) -> Outcome:
    together = threading.Barrier(len(verbs))

    def run(verb: Callable[[], object]) -> str:
        together.wait()
        try:
            verb()
        except Refused as refused:
            return refused.code
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(verbs)) as people:
        return Outcome(name, Counter(people.map(run, verbs)))
