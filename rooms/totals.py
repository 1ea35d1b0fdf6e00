"""A meeting in numbers, and how many were there from one moment to the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate, pairwise

from django.utils.translation import gettext as _

from rooms.record import Figure, Person


@dataclass(frozen=True, slots=True)
class Step:
    """From here to the next step so many are there."""

    at: datetime
    count: int


def steps(people: Sequence[Person]) -> list[Step]:
    """One for each moment in which somebody came or left; a stay without length counts nobody."""
    stays = [stay for person in people for stay in person.stays if stay.duration]
    changes = sorted([(stay.joined_at, 1) for stay in stays] + [(stay.until, -1) for stay in stays])
    counts = accumulate(change for _at, change in changes)
    last = {at: count for (at, _change), count in zip(changes, counts, strict=True)}
    return [Step(at, count) for at, count in last.items()]


def most(found: Sequence[Step]) -> Step | None:
    """When most were there at once for the first time."""
    return max(found, key=lambda step: step.count, default=None)


def figures(people: Sequence[Person]) -> list[Figure]:
    found = steps(people)
    fullest = most(found)
    together = sum((after.at - step.at for step, after in pairwise(found) if step.count > 1), timedelta())
    total = sum((person.duration for person in people), timedelta())
    return [
        Figure("people", _("People"), len(people)),
        Figure("most_at_once", _("Most at once"), fullest.count if fullest else 0),
        Figure("together_seconds", _("Together"), together),
        Figure("total_seconds", _("Total time"), total),
        Figure("average_seconds", _("Average time"), total / len(people) if people else timedelta()),
        Figure("hands", _("Hands raised"), sum(len(person.hands) for person in people)),
    ]
