"""Numbers that wrap, and sources that start anew."""

import pytest

from relay.malformed import Malformed
from relay.sequence import MOST_LOST, MOST_MISORDERED, Sequencer, Unwrapper, difference32


@pytest.mark.parametrize(
    ("left", "right", "difference"),
    [(5, 3, 2), (3, 5, -2), (0, 65535, 1), (65535, 0, -1), (32767, 0, 32767), (32768, 0, -32768), (7, 7, 0)],
)
def test_differences_go_the_short_way_round(left, right, difference):
    assert difference32(left << 16, right << 16) == difference << 16


def test_unwrapped_numbers_go_on_past_the_wrap_and_back():
    unwrapper = Unwrapper()
    numbers = [65534, 65535, 1, 0, 20000, 50000, 9, 65533]
    indexes = [65534, 65535, 65537, 65536, 85536, 115536, 131081, 131069]
    assert [unwrapper.unwrap(number) for number in numbers] == indexes
    assert unwrapper.newest == 131081


def test_an_index_keeps_what_stood_on_the_wire():
    sequencer = Sequencer()
    for number in (65000, 65500, 200, 65400, 300):
        assert sequencer.place(number) & 0xFFFF == number
    assert sequencer.newest == 65536 + 300


def test_a_stray_number_is_refused_and_changes_nothing():
    sequencer = Sequencer()
    sequencer.place(1000)
    with pytest.raises(Malformed):
        sequencer.place(20000)
    assert sequencer.place(1001) == 1001
    with pytest.raises(Malformed):
        sequencer.place(50000)


@pytest.mark.parametrize("start", [20000, 1000 + MOST_LOST + 1, 60000, 65500])
def test_a_source_that_starts_anew_is_believed_at_its_second_packet(start):
    sequencer = Sequencer()
    sequencer.place(1000)
    with pytest.raises(Malformed):
        sequencer.place(start)
    index = sequencer.place(start + 1)
    assert index & 0xFFFF == start + 1
    assert index > 1000 + MOST_LOST
    assert sequencer.place(start + 2) == index + 1


def test_a_sender_just_beyond_what_may_be_late_has_started_anew():
    sequencer = Sequencer()
    sequencer.place(5000)
    assert sequencer.place(5000 - MOST_MISORDERED) == 5000 - MOST_MISORDERED
    with pytest.raises(Malformed):
        sequencer.place(5000 - MOST_MISORDERED - 1)


def test_what_is_a_little_late_or_early_is_no_new_start():
    sequencer = Sequencer()
    sequencer.place(5000)
    assert sequencer.place(5000 + MOST_LOST) == 5000 + MOST_LOST
    assert sequencer.place(5000 + MOST_LOST - MOST_MISORDERED) == 5000 + MOST_LOST - MOST_MISORDERED
