"""Reports to those who send, and from those who are sent."""

from random import Random

import pytest

from relay.reports import LATELY, Reception, RoundTrip, continued, middle, passed_on
from relay.rewriting import Rewriter
from relay.rtcp import Block, SenderReport
from relay.sequence import MOST_LOST
from tests.relay.packets import normalised, vp8
from tests.relay.test_rewriting import CLOCK, SSRC, Receiver, high, low

NTP = 0xE123456789ABCDEF


def arrived(reception: Reception, index: int, timestamp: int, now: float) -> None:
    reception.arrived([normalised(vp8(), index, timestamp=timestamp)], now)


def received(indexes, *, step: float = 0.02) -> Reception:
    reception = Reception(7, CLOCK)
    for number, index in enumerate(indexes):
        arrived(reception, index, number * 1800, number * step)
    return reception


def block(reception: Reception, now: float = 100.0) -> Block:
    made = reception.block(now)
    assert made is not None
    return made


def test_before_anything_came_there_is_nothing_to_report():
    assert Reception(7, CLOCK).block(1.0) is None


def test_losses_are_counted_over_all_and_since_the_last_report():
    reception = received([*range(65500, 65550), *range(65560, 65600)])
    first = block(reception)
    assert (first.ssrc, first.fraction, first.lost, first.highest) == (7, 25, 10, 65599)
    arrived(reception, 65600, 0, 3.0)
    second = block(reception)
    assert (second.fraction, second.lost, second.highest) == (0, 10, 65600)
    assert block(reception).fraction == 0


def test_repetitions_make_a_negative_loss_and_no_fraction():
    made = block(received([1, 2, 2, 2, 3]))
    assert (made.fraction, made.lost) == (0, -2)


def test_a_steady_source_has_no_jitter_and_an_unsteady_one_has():
    assert block(received(range(100))).jitter == 0
    reception = Reception(7, CLOCK)
    for number in range(500):
        arrived(reception, number, number * 1800, number * 0.02 + number % 2 * 0.01)
    assert block(reception).jitter == pytest.approx(900, rel=0.01)


def test_jitter_is_not_upset_by_a_wrap_of_the_time():
    reception = Reception(7, CLOCK)
    for number in range(100):
        arrived(reception, number, (0xFFFFFFFF - 50000 + number * 1800) & 0xFFFFFFFF, number * 0.02)
    assert block(reception).jitter == 0


def test_the_last_report_is_named_with_the_time_since():
    reception = received(range(3))
    assert (block(reception).last_report, block(reception).delay) == (0, 0)
    reception.reported(SenderReport(7, NTP, 0, 0, 0), 10.0)
    made = block(reception, 12.5)
    assert (made.last_report, made.delay) == (0x456789AB, int(2.5 * 65536))


def test_a_source_that_starts_anew_is_counted_anew():
    assert block(received([1, 2, 10, 10 + MOST_LOST + 1])).lost == 0


def test_a_senders_report_speaks_of_our_stream_at_the_sources_time():
    receiver, source = Receiver(), low()
    receiver.rewriter.aim(source)
    receiver.get(source, *source.several(10))
    report = passed_on(SenderReport(1, NTP, source.timestamp, 999, 999, ()), source, receiver.rewriter)
    assert report is not None
    assert (report.ssrc, report.ntp, report.timestamp) == (SSRC, NTP, receiver.got[-1].timestamp)
    assert (report.packets, report.octets) == (10, receiver.rewriter.octets)


def test_only_the_layer_that_is_forwarded_speaks_of_its_time():
    receiver, before, after = Receiver(), low(), high()
    receiver.rewriter.aim(before)
    assert passed_on(SenderReport(1, NTP, 0, 0, 0), before, receiver.rewriter) is None
    receiver.get(before, *before.several(3))
    receiver.rewriter.aim(after)
    assert passed_on(SenderReport(1, NTP, 0, 0, 0), after, receiver.rewriter) is None
    receiver.get(after, after.next(0.06, key=True))
    assert passed_on(SenderReport(1, NTP, 0, 0, 0), before, receiver.rewriter) is None
    report = passed_on(SenderReport(1, NTP, after.timestamp & 0xFFFFFFFF, 0, 0), after, receiver.rewriter)
    assert report is not None
    assert report.timestamp == receiver.got[-1].timestamp
    receiver.rewriter.aim(None)
    assert passed_on(SenderReport(1, NTP, 0, 0, 0), after, receiver.rewriter) is None


def test_the_counts_wrap_as_the_format_wants():
    rewriter = Rewriter[None](SSRC, CLOCK, Random(1))
    receiver, source = Receiver(), low()
    receiver.rewriter.aim(source)
    receiver.get(source, *source.several(1))
    receiver.rewriter.packets = receiver.rewriter.octets = (1 << 32) + 5
    report = passed_on(SenderReport(1, NTP, 0, 0, 0), source, receiver.rewriter)
    assert rewriter.packets == 0
    assert report is not None
    assert (report.packets, report.octets) == (5, 5)


def test_the_round_trip_is_what_the_receiver_did_not_wait():
    trip = RoundTrip()
    trip.sent(SenderReport(SSRC, NTP, 0, 0, 0), 10.0)
    trip.answered(Block(SSRC, 0, 0, 0, 0, middle(NTP), 65536), 11.25)
    assert trip.seconds == pytest.approx(0.25)
    trip.answered(Block(SSRC, 0, 0, 0, 0, 4711, 0), 99.0)
    trip.answered(Block(SSRC, 0, 0, 0, 0, 0, 0), 99.0)
    assert trip.seconds == pytest.approx(0.25)
    trip.answered(Block(SSRC, 0, 0, 0, 0, middle(NTP), 0xFFFFFFFF), 11.25)
    assert trip.seconds == 0.0


def test_only_the_answer_to_a_report_sent_lately_tells_of_the_present():
    trip = RoundTrip()
    trip.sent(SenderReport(SSRC, NTP, 0, 0, 0), 10.0)
    waited = int((LATELY + 0.1) * 65536)
    assert trip.answered(Block(SSRC, 0, 0, 0, 0, middle(NTP), waited), 11.0) is None
    assert trip.answered(Block(SSRC, 0, 0, 0, 0, 4711, 0), 11.0) is None
    assert trip.answered(Block(SSRC, 0, 0, 0, 0, middle(NTP), 6554), 10.35) == pytest.approx(0.25, abs=0.001)


def test_both_clocks_of_a_report_that_is_continued_go_on():
    later = continued(SenderReport(SSRC, 77 << 32, 0xFFFFFFFF, 1, 5), 0.5, CLOCK)
    assert later == SenderReport(SSRC, 77 << 32 | 1 << 31, CLOCK // 2 - 1, 1, 5)
    assert continued(SenderReport(SSRC, 2**64 - 1, 0, 1, 5), 1.0, CLOCK).pack()


def test_only_the_last_reports_are_remembered():
    trip = RoundTrip()
    for number in range(100):
        trip.sent(SenderReport(SSRC, number << 32, 0, 0, 0), float(number))
    trip.answered(Block(SSRC, 0, 0, 0, 0, middle(5 << 32), 0), 100.0)
    assert trip.seconds == 0.1
    trip.answered(Block(SSRC, 0, 0, 0, 0, middle(99 << 32), 0), 100.0)
    assert trip.seconds == 1.0
