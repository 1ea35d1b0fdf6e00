"""Whatever is done in whatever order, the product decides as a plain list of times would; so both databases agree."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookings.models import Booking, Slot
from bookings.services.bookings import cancel, change
from bookings.services.presence import extend
from bookings.services.wishes import Wish
from bookings.spaces.models import Space
from organizations.models import Organization
from tests.bookings.places import booked, new_space, overlaps, refusal, tomorrow

pytestmark = pytest.mark.django_db
BUFFERS = ((0, 0), (10, 0), (5, 15))  # minutes before and after, of each space
Held = tuple[frozenset[int], datetime, datetime]

some_spaces = st.frozensets(st.integers(0, 2), min_size=1)
starts = st.integers(0, 24).map(lambda quarter: tomorrow(8) + timedelta(minutes=15 * quarter))
lengths = st.integers(1, 6).map(lambda quarters: timedelta(minutes=15 * quarters))
which = st.integers(0, 9)
deeds = st.one_of(
    st.tuples(st.just("book"), which, some_spaces, starts, lengths),
    st.tuples(st.just("move"), which, some_spaces, starts, lengths),
    st.tuples(st.just("extend"), which, some_spaces, starts, lengths),
    st.tuples(st.just("cancel"), which, some_spaces, starts, lengths),
)


@dataclass
class PlainList:
    """What is booked, in the order in which it was."""

    held: dict[object, Held] = field(default_factory=dict)

    def is_free(self, wanted: Held, *, own: object = None) -> bool:
        return not any(clash(wanted, other) for key, other in self.held.items() if key != own)


def clash(one: Held, other: Held) -> bool:
    for space in one[0] & other[0]:
        reach = timedelta(minutes=sum(BUFFERS[space]))
        if one[1] < other[2] + reach and other[1] < one[2] + reach:
            return True
    return False


@pytest.fixture
def rooms(acme) -> list[Space]:
    Organization.objects.update(bookings_per_person=0)
    made = [
        new_space(acme, str(number), buffer_before=before, buffer_after=after)
        for number, (before, after) in enumerate(BUFFERS)
    ]
    return made


@settings(
    max_examples=40,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(deeds, min_size=20, max_size=30))
def test_a_thousand_deeds(rooms, alice, deeds):
    with transaction.atomic():
        plain = PlainList()
        for deed in deeds:
            done(deed, plain, rooms, alice)
            assert overlaps() == 0
        assert found(rooms) == sorted((sorted(spaces), begin, end) for spaces, begin, end in plain.held.values())
        transaction.set_rollback(True)


def done(deed, plain: PlainList, rooms: list[Space], alice) -> None:
    kind, index, spaces, begin, length = deed
    if kind == "book":
        wanted = (spaces, begin, begin + length)
        expect(plain, wanted, booked, alice, *chosen(rooms, spaces), starts=begin, minutes=minutes(length))
        return
    if not plain.held:
        return
    key = list(plain.held)[index % len(plain.held)]
    booking = Booking.objects.get(pk=key)
    if kind == "cancel":
        cancel(booking=booking, actor=alice)
        del plain.held[key]
    elif kind == "move":
        wanted = (spaces, begin, begin + length)
        wish = Wish.of(booking, spaces=chosen(rooms, spaces), starts_at=begin, ends_at=begin + length)
        expect(plain, wanted, change, own=key, booking=booking, actor=alice, version=booking.version, wish=wish)
    else:
        before = plain.held[key]
        wanted = (before[0], before[1], before[2] + length)
        expect(plain, wanted, extend, own=key, booking=booking, actor=alice, minutes=minutes(length))


def expect(plain: PlainList, wanted: Held, verb, *args, own: object = None, **kwargs) -> None:
    is_free = plain.is_free(wanted, own=own)
    too_long = wanted[2] - wanted[1] > timedelta(hours=8)
    known = set(Booking.objects.values_list("pk", flat=True))
    code = refusal(verb, *args, **kwargs)
    assert code == ("booking.too-long" if too_long else "" if is_free else "booking.conflict")
    if not code:
        made = set(Booking.objects.values_list("pk", flat=True)) - known
        plain.held[own or made.pop()] = wanted


def chosen(rooms: list[Space], spaces: frozenset[int]) -> tuple[Space, ...]:
    return tuple(rooms[number] for number in sorted(spaces))


def minutes(length: timedelta) -> int:
    return int(length.total_seconds() // 60)


def found(rooms: list[Space]) -> list[tuple[list[int], datetime, datetime]]:
    """What is held, by the slots less their buffers."""
    numbers = {space.pk: number for number, space in enumerate(rooms)}
    rows: dict[object, list[Slot]] = {}
    for slot in Slot.objects.filter(is_held=True):
        rows.setdefault(slot.booking_id, []).append(slot)
    return sorted(
        (
            sorted(numbers[slot.space_id] for slot in slots),
            slots[0].blocked_from + timedelta(minutes=BUFFERS[numbers[slots[0].space_id]][0]),
            slots[0].blocked_until - timedelta(minutes=BUFFERS[numbers[slots[0].space_id]][1]),
        )
        for slots in rows.values()
    )
