"""What is missing, when to ask for it, and when to give it up."""

import pytest

from relay.gaps import MOST_MISSING, PATIENCE, TIMES, Gaps, KeyframeAsking
from relay.sequence import MOST_LOST

ROUND_TRIP = 0.1


def after(*indexes: int, at: float = 0.0) -> Gaps:
    gaps = Gaps()
    for index in indexes:
        gaps.arrived([index], at)
    return gaps


def test_nothing_is_missing_of_a_row():
    assert after(*range(65530, 65540)).missing == 0


def test_what_was_left_out_is_asked_for_after_a_moment():
    gaps = after(10, 13)
    assert gaps.due(PATIENCE - 0.001, ROUND_TRIP) == []
    assert gaps.due(PATIENCE, ROUND_TRIP) == [11, 12]


def test_what_was_only_overtaken_is_never_asked_for():
    gaps = after(10, 13, 12, 11)
    assert gaps.missing == 0
    assert gaps.due(1.0, ROUND_TRIP) == []


def test_asking_is_repeated_at_the_round_trip_and_then_given_up():
    gaps = after(10, 12)
    times = [now / 1000 for now in range(0, 1000, 5) if gaps.due(now / 1000, ROUND_TRIP)]
    assert times == pytest.approx([0.015, 0.115, 0.215], abs=0.006)
    assert len(times) == TIMES
    assert gaps.missing == 0
    assert gaps.gave_up()
    assert not gaps.gave_up()


def test_a_repaired_gap_is_not_given_up():
    gaps = after(10, 12)
    assert gaps.due(0.02, ROUND_TRIP) == [11]
    gaps.arrived([11], 0.1)
    assert gaps.due(5.0, ROUND_TRIP) == []
    assert not gaps.gave_up()


def test_a_round_trip_of_nothing_does_not_make_a_flood():
    gaps = after(10, 12)
    assert gaps.due(0.020, 0.0) == [11]
    assert gaps.due(0.030, 0.0) == []
    assert gaps.due(0.040, 0.0) == [11]


def test_too_many_missing_are_not_asked_for_at_all():
    gaps = after(10, 11 + MOST_MISSING + 1)
    assert gaps.due(1.0, ROUND_TRIP) == []
    assert gaps.gave_up()
    gaps = after(10, 11 + MOST_MISSING)
    assert len(gaps.due(1.0, ROUND_TRIP)) == MOST_MISSING


def test_many_small_gaps_are_bounded_together():
    gaps = after(*range(0, 10_000, 2))
    assert gaps.missing <= MOST_MISSING
    assert gaps.gave_up()


def test_a_source_that_starts_anew_misses_nothing_of_before():
    gaps = after(10, 12, 12 + MOST_LOST + 2)
    assert gaps.missing == 0
    assert gaps.gave_up()
    gaps.arrived([12 + MOST_LOST + 3], 0.0)
    assert gaps.missing == 0


def test_what_came_before_the_first_is_not_missed():
    assert after(10, 8).missing == 0


def test_key_frames_are_asked_for_at_once_and_at_most_twice_a_second():
    asking = KeyframeAsking()
    assert not asking.due(0.0)
    asking.want()
    assert asking.due(10.0)
    asking.want()
    assert not asking.due(10.4)
    asking.arrived()
    asking.want()
    assert asking.due(10.5)


def test_key_frames_that_do_not_come_are_asked_for_again():
    asking = KeyframeAsking()
    asking.want()
    assert [now for now in range(0, 3000, 100) if asking.due(now / 1000)] == [0, 1000, 2000]
    asking.arrived()
    assert not asking.due(9.0)
