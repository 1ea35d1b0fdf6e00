"""Telling a sender which of its packets came, and when."""

from random import Random
from struct import pack

import pytest

from relay import rtcp
from relay.malformed import Malformed
from relay.twcc import INTERVAL, MOST_REMEMBERED, MOST_TOLD, TICK, Arrivals, Feedback


def told(arrivals: Arrivals, now: float) -> dict[int, float]:
    """Numbers to seconds, as the sender reads them."""
    feedback = arrivals.due(1, 2, now)
    assert feedback is not None
    (read,) = rtcp.parse(rtcp.pack([feedback]))
    assert read == feedback
    numbers = ((feedback.base + place) & 0xFFFF for place in range(len(feedback.times)))
    return {number: time * TICK for number, time in zip(numbers, feedback.times, strict=True) if time is not None}


def test_arrivals_are_told_to_a_quarter_of_a_millisecond():
    arrivals = Arrivals(100.0)
    came = {65534: 100.001, 65535: 100.0013, 1: 100.05, 2: 100.04}
    for number, at in came.items():
        arrivals.arrived([number], at)
    assert told(arrivals, 100.2) == pytest.approx({n: at - 100.0 for n, at in came.items()}, abs=TICK)


def test_feedback_comes_ten_times_a_second_and_only_when_something_came():
    arrivals = Arrivals(0.0)
    assert arrivals.due(1, 2, 5.0) is None
    arrivals.arrived([1], 5.0)
    assert arrivals.due(1, 2, 5.0) is not None
    arrivals.arrived([2], 5.01)
    assert arrivals.due(1, 2, 5.0 + INTERVAL / 2) is None
    assert arrivals.due(1, 2, 5.0 + INTERVAL) is not None
    assert arrivals.due(1, 2, 9.0) is None


def test_feedbacks_are_numbered_and_follow_each_other_without_a_gap():
    arrivals = Arrivals(0.0)
    feedbacks = []
    for step in range(300):
        arrivals.arrived([step * 3], step / 10)
        feedbacks.append(arrivals.due(1, 2, step / 10 + 1.0))
    assert [one.number for one in feedbacks if one] == [step % 256 for step in range(300)]
    assert [one.base for one in feedbacks[1:4] if one] == [1, 4, 7]
    assert [one.times[:2] for one in feedbacks[1:3] if one] == [(None, None)] * 2


def test_a_late_packet_is_told_with_those_after_it():
    arrivals = Arrivals(0.0)
    for number in (10, 12):
        arrivals.arrived([number], 0.05)
    assert set(told(arrivals, 0.2)) == {10, 12}
    arrivals.arrived([11], 0.25)
    arrivals.arrived([13], 0.26)
    assert set(told(arrivals, 0.4)) == {11, 12, 13}


def test_a_packet_that_comes_twice_came_the_first_time():
    arrivals = Arrivals(0.0)
    arrivals.arrived([10], 0.01)
    arrivals.arrived([10], 0.09)
    assert told(arrivals, 0.2) == {10: pytest.approx(0.01)}


def test_one_feedback_and_the_memory_are_bounded():
    arrivals = Arrivals(0.0)
    for number in range(MOST_REMEMBERED * 3):
        arrivals.arrived([number], number / 1e6)
    feedback = arrivals.due(1, 2, 1.0)
    assert feedback is not None
    assert len(feedback.times) == MOST_TOLD
    assert len(feedback.pack()) < 1500
    assert arrivals.due(1, 2, 2.0) is None


@pytest.mark.parametrize("number", [12, 30000])
def test_a_long_silence_and_a_jump_of_the_numbers_do_no_harm(number):
    arrivals = Arrivals(0.0)
    arrivals.arrived([10], 0.05)
    arrivals.arrived([number], 60.0)
    assert told(arrivals, 60.1) == {number: pytest.approx(60.0)}


@pytest.mark.parametrize("seed", range(30))
def test_any_pattern_is_read_as_it_was_meant(seed):
    random = Random(seed)
    steps, now, times = random.choice([(2, 5), (1, 300), (0, 9000)]), 70000, list[int | None]()
    while len(times) < random.randrange(1, 400):
        for _ in range(random.choice([1, 2, 7, 14, 40])):
            now += random.choice([1, 1, 1, -1]) * random.randrange(*steps)
            times.append(now if random.random() < 0.8 else None)
        times += [None] * random.choice([0, 0, 30])
    feedback = Feedback(1, 2, 3, random.randrange(65536), tuple(times))
    assert Feedback.parse(feedback.pack()[4:]) == feedback


@pytest.mark.parametrize(
    "rest",
    [
        b"",
        pack("!HHI", 1, 5000, 0) + pack("!H", 0x1FFF) * 2,
        pack("!HHI", 1, 8, 0),
        pack("!HHI", 1, 8, 0) + pack("!HH", 0x2008, 0),
        pack("!HHI", 1, 1, 0) + pack("!HB", 0x4001, 1),
        pack("!HHI", 1, 3, 0) + bytes(20),
    ],
)
def test_feedback_that_promises_more_than_it_has_is_refused(rest):
    with pytest.raises(Malformed):
        Feedback.parse(bytes(8) + rest)
