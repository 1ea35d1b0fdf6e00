"""How much spaces are used, between two days."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from bookings.models import Slot
from bookings.spaces.models import Space
from bookings.states import BookingState
from bookings.usage.tallies import COUNTED, Held, Tally, hours_between, pieces

DAY = timedelta(days=1)
QUARTERS = 4


@dataclass
class Report:
    """Of `spaces`, from the day `since` to the day `until`, each by the clock of its space.

    `heat`: hours by weekday and hour of the day; `weeks`: by the Monday they begin with; `fullness`: bookings by the
    quarter (0 to 3) of the seats that were wanted.
    """

    spaces: Sequence[Space]
    since: date
    until: date
    total: Tally = field(default_factory=Tally)
    by_space: dict[UUID, Tally] = field(default_factory=lambda: defaultdict(Tally))
    weeks: dict[date, Tally] = field(default_factory=dict)
    by_space_and_week: dict[tuple[UUID, date], Tally] = field(default_factory=lambda: defaultdict(Tally))
    heat: list[list[float]] = field(default_factory=lambda: [[0.0] * 24 for _day in range(7)])
    fullness: Counter[int] = field(default_factory=Counter)

    @classmethod
    def of(cls, spaces: Sequence[Space], since: date, until: date) -> "Report":
        """One query, however many bookings there are."""
        report = cls(spaces, since, until, weeks={monday: Tally() for monday in _mondays(since, until)})
        known = {space.pk: space for space in spaces}
        wanted: Counter[UUID] = Counter()
        people: dict[UUID, int] = {}
        for held in _held(spaces, since, until):
            if report._count(held, known[held.space]) and held.state != BookingState.CANCELLED:
                wanted[held.booking] += known[held.space].capacity
                people[held.booking] = held.people
        report.fullness.update(_quarter(people[one], capacity) for one, capacity in wanted.items())
        return report

    def days_with(self, weekday: int) -> int:
        return len(range((weekday - self.since.weekday()) % 7, (self.until - self.since).days + 1, 7))

    def share(self, weekday: int, hour: int) -> float:
        """Of all hours that the spaces had, from 0 to 1."""
        hours = self.days_with(weekday) * len(self.spaces)
        return min(1.0, self.heat[weekday][hour] / hours) if hours else 0.0

    def _count(self, held: Held, space: Space) -> bool:
        """Whether any of it is within these days."""
        begin = max(held.starts_at, _midnight(self.since, space))
        end = min(held.ends_at, _midnight(self.until + DAY, space))
        hours = hours_between(begin, end)
        if not hours:
            return False
        monday = _monday(begin.astimezone(space.zone).date())
        week = self.by_space_and_week[held.space, monday]
        for tally in (self.total, self.by_space[held.space], self.weeks[monday], week):
            tally.add(held, hours)
        if held.state != BookingState.CANCELLED:
            for weekday, hour, part in pieces(begin, end, space.zone):
                self.heat[weekday][hour] += part
        return True


def _held(spaces: Sequence[Space], since: date, until: date) -> Iterator[Held]:
    """With a day more at both ends, since spaces are in other zones."""
    begin = datetime.combine(since, time(), tzinfo=UTC) - DAY
    end = datetime.combine(until, time(), tzinfo=UTC) + 2 * DAY
    times = {"booking__starts_at__lt": end, "booking__ends_at__gt": begin}
    found = Slot.objects.filter(space__in=spaces, booking__state__in=COUNTED, **times).exclude(booking__title="")
    names = ("space", "booking", *(f"booking__{name}" for name in Held._fields[2:]))
    return map(Held._make, found.values_list(*names).iterator(chunk_size=2000))


def _midnight(day: date, space: Space) -> datetime:
    return datetime.combine(day, time(), tzinfo=space.zone).astimezone(UTC)


def _mondays(since: date, until: date) -> Iterator[date]:
    monday = _monday(since)
    while monday <= until:
        yield monday
        monday += 7 * DAY


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _quarter(people: int, capacity: int) -> int:
    return min(QUARTERS - 1, max(0, -(-people * QUARTERS // capacity) - 1))
