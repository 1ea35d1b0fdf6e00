"""One receiver's copy of a source: unbroken, whatever happens before it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random

import pytest

from relay import rtp
from relay.codecs import vp8 as descriptor
from relay.rewriting import MOST_ASKED, MOST_SEGMENTS, Rewriter
from relay.rtp import Normalised
from relay.sequence import MOST_LOST, MOST_MISORDERED
from tests.relay.packets import normalised, vp8

SSRC, CLOCK = 0xBEEF, 90000


@dataclass(eq=False)
class Source:
    """A layer with clocks of its own: one packet per frame, 50 frames a second."""

    name: str
    index: int
    timestamp: int
    picture: int = 100
    tl0: int = 7
    sent: dict[int, Normalised] = field(default_factory=dict)

    def next(self, at: float, key: bool = False) -> Normalised:
        self.index += 1
        self.timestamp += CLOCK // 50
        self.picture = (self.picture + 1) & 0x7FFF
        self.tl0 = (self.tl0 + 1) & 0xFF
        body = f"{self.name}{self.index}".encode()
        payload = vp8(self.picture, self.tl0, key=key, body=body)
        self.sent[self.index] = normalised(payload, self.index, timestamp=self.timestamp & 0xFFFFFFFF, at=at)
        return self.sent[self.index]

    def several(self, count: int, start: float = 0.0) -> list[Normalised]:
        return [self.next(start + number / 50, key=number == 0) for number in range(count)]


@dataclass(frozen=True)
class Got:
    """What the receiver sees of a packet."""

    sequence: int
    timestamp: int
    picture: int
    tl0: int
    body: bytes


class Receiver:
    """Gets what a rewriter writes; unwraps nothing."""

    def __init__(self, seed: int = 1) -> None:
        self.rewriter = Rewriter[Source](SSRC, CLOCK, Random(seed))
        self.got: list[Got] = []

    def get(self, source: Source, *packets: Normalised) -> list[Got]:
        came = [one for one in (self.one(source, packet) for packet in packets) if one]
        self.got += came
        return came

    def one(self, source: Source, packet: Normalised) -> Got | None:
        segment = self.rewriter.place(source, packet)
        if segment is None:
            return None
        out = bytearray(3 + packet.size)
        self.rewriter.write(packet, segment, out, 3)
        return read(bytes(out[3:]))

    def asks(self, sequence: int) -> bytes | None:
        found = self.rewriter.find(sequence)
        packet = found and found[0].layer.sent.get(found[1])
        return packet and packet.payload[7:]


def read(data: bytes) -> Got:
    packet = rtp.parse(data)
    assert (packet.ssrc, packet.payload_type, [*packet.extensions]) == (SSRC, 96, [2])
    _, _, picture, _, _, tl0 = descriptor(packet.payload)
    return Got(packet.sequence, packet.timestamp, picture, tl0, packet.payload[7:])


def low() -> Source:
    return Source("low", 1000, 5000)


def high() -> Source:
    return Source("high", 65530, 0xFFFFFF00, picture=0x7FFE, tl0=254)


def in_a_row(numbers: Iterable[int], modulus: int) -> bool:
    numbers = list(numbers)
    return all((after - before) % modulus == 1 for before, after in zip(numbers, numbers[1:], strict=False))


@pytest.mark.parametrize("seed", range(20))
def test_a_stream_begins_with_a_key_frame_and_in_the_lower_half(seed):
    receiver, source = Receiver(seed), low()
    receiver.rewriter.aim(source)
    assert receiver.get(source, source.next(0.0)) == []
    assert receiver.rewriter.waiting
    (first,) = receiver.get(source, source.next(0.02, key=True))
    assert 0 < first.sequence < 0x8000
    assert not receiver.rewriter.waiting


def test_numbers_go_on_past_every_wrap():
    receiver, source = Receiver(), high()
    receiver.rewriter.aim(source)
    got = receiver.get(source, *source.several(40))
    assert len(got) == 40
    assert in_a_row((one.sequence for one in got), 0x10000)
    assert in_a_row((one.picture for one in got), 0x8000)
    assert in_a_row((one.tl0 for one in got), 0x100)
    assert {(b.timestamp - a.timestamp) & 0xFFFFFFFF for a, b in zip(got, got[1:], strict=False)} == {CLOCK // 50}


def test_numbers_go_on_however_large_they_grow():
    receiver, source = Receiver(), low()
    receiver.rewriter.aim(source)
    for number in range(100):
        receiver.get(source, source.next(number / 50, key=number == 0))
        source.index, source.picture = source.index + 2499, source.picture + 899
    pairs = list(zip(receiver.got, receiver.got[1:], strict=False))
    assert {(b.sequence - a.sequence) % 0x10000 for a, b in pairs} == {2500}
    assert {(b.picture - a.picture) % 0x8000 for a, b in pairs} == {900}


def test_nobody_gets_what_they_did_not_ask_for():
    receiver, source = Receiver(), low()
    assert receiver.get(source, *source.several(3)) == []
    receiver.rewriter.aim(source)
    assert receiver.get(high(), *high().several(3)) == []


def test_layers_change_at_a_key_frame_without_a_seam():
    receiver, before, after = Receiver(), low(), high()
    receiver.rewriter.aim(before)
    receiver.get(before, *before.several(10))
    receiver.rewriter.aim(after)
    assert receiver.rewriter.waiting
    assert receiver.get(after, after.next(0.2)) == []
    receiver.get(before, before.next(0.2))
    receiver.get(after, *after.several(5, start=0.22))
    assert receiver.get(before, before.next(0.24)) == []
    assert not receiver.rewriter.waiting
    assert [one.body[:3] for one in receiver.got] == [b"low"] * 11 + [b"hig"] * 5
    assert in_a_row((one.sequence for one in receiver.got), 0x10000)
    assert in_a_row((one.picture for one in receiver.got), 0x8000)
    assert in_a_row((one.tl0 for one in receiver.got), 0x100)
    steps = [(b.timestamp - a.timestamp) & 0xFFFFFFFF for a, b in zip(receiver.got, receiver.got[1:], strict=False)]
    assert steps == [CLOCK // 50] * 15


def test_nothing_older_than_the_switch_is_forwarded():
    receiver, before, after = Receiver(), low(), high()
    receiver.rewriter.aim(before)
    receiver.get(before, *before.several(5))
    early = after.next(0.1)
    receiver.rewriter.aim(after)
    receiver.get(after, after.next(0.12, key=True), after.next(0.14))
    assert receiver.get(after, early) == []
    receiver.rewriter.aim(before)
    receiver.get(before, before.next(0.16, key=True))
    assert receiver.get(before, before.sent[1003]) == []


def test_a_pause_ends_at_a_key_frame_and_shows_only_in_the_time():
    receiver, source = Receiver(), low()
    receiver.rewriter.aim(source)
    receiver.get(source, *source.several(5))
    receiver.rewriter.aim(None)
    assert not receiver.rewriter.waiting
    assert receiver.get(source, *(source.next(0.1 + number / 50) for number in range(100))) == []
    receiver.rewriter.aim(source)
    receiver.get(source, source.next(2.1), source.next(2.12, key=True), source.next(2.14))
    assert in_a_row((one.sequence for one in receiver.got), 0x10000)
    assert in_a_row((one.picture for one in receiver.got), 0x8000)
    assert (receiver.got[5].timestamp - receiver.got[4].timestamp) & 0xFFFFFFFF == 102 * CLOCK // 50


def test_after_a_pause_nothing_goes_back_before_it():
    receiver, source = Receiver(), low()
    receiver.rewriter.aim(source)
    receiver.get(source, *source.several(5))
    late = source.next(0.1, key=True)
    receiver.get(source, source.next(0.12))
    receiver.rewriter.aim(None)
    receiver.rewriter.aim(source)
    assert receiver.get(source, late) == []


def test_a_source_that_comes_back_as_another_goes_on_by_the_clock_on_the_wall():
    receiver, before, after = Receiver(), low(), high()
    receiver.rewriter.aim(before)
    receiver.get(before, *before.several(5))
    receiver.rewriter.aim(after)
    receiver.get(after, *after.several(3, start=10.08))
    assert in_a_row((one.sequence for one in receiver.got), 0x10000)
    assert (receiver.got[5].timestamp - receiver.got[4].timestamp) & 0xFFFFFFFF == 10 * CLOCK


def test_a_layer_that_starts_anew_is_awaited_like_a_new_one():
    receiver, source = Receiver(), low()
    receiver.rewriter.aim(source)
    receiver.get(source, *source.several(5))
    source.index, source.timestamp, source.picture = source.index + MOST_LOST + 5000, 77, 9
    assert receiver.get(source, source.next(0.5)) == []
    assert receiver.rewriter.waiting
    receiver.get(source, source.next(1.08, key=True), source.next(1.1))
    assert in_a_row((one.sequence for one in receiver.got), 0x10000)
    assert in_a_row((one.picture for one in receiver.got), 0x8000)
    assert (receiver.got[5].timestamp - receiver.got[4].timestamp) & 0xFFFFFFFF == CLOCK


def test_time_never_stands_still_over_a_switch():
    receiver, before, after = Receiver(), low(), high()
    receiver.rewriter.aim(before)
    receiver.get(before, *before.several(5))
    receiver.rewriter.aim(after)
    receiver.get(after, after.next(0.0, key=True))
    assert (receiver.got[5].timestamp - receiver.got[4].timestamp) & 0xFFFFFFFF == 1


def test_what_was_lost_stays_a_hole_and_what_comes_late_fills_it():
    receiver, source = Receiver(), low()
    receiver.rewriter.aim(source)
    packets = source.several(6)
    got = receiver.get(source, *packets[:2], *packets[4:], packets[3])
    first = got[0].sequence
    assert [one.sequence - first for one in got] == [0, 1, 4, 5, 3]
    assert receiver.asks(first + 2) == b"low1003"


def test_what_comes_much_too_late_is_not_given_to_srtp():
    receiver, source = Receiver(), low()
    receiver.rewriter.aim(source)
    packets = source.several(MOST_MISORDERED + 3)
    receiver.get(source, packets[0], *packets[3:])
    assert receiver.get(source, packets[1], packets[2]) == receiver.got[-1:]
    assert receiver.got[-1].body == b"low1003"


def test_what_a_receiver_asks_for_is_found_over_switches_but_not_for_ever():
    receiver, sources = Receiver(), [low(), high()]
    for turn in range(40):
        source = sources[turn % 2]
        receiver.rewriter.aim(source)
        receiver.get(source, *source.several(40, start=turn * 0.8))
    for one in receiver.got[-MOST_ASKED:]:
        assert receiver.asks(one.sequence) == one.body
    assert receiver.asks(receiver.got[-MOST_ASKED - 2].sequence) is None
    assert receiver.asks((receiver.got[-1].sequence + 1) & 0xFFFF) is None


def test_the_history_of_switches_is_bounded():
    receiver, sources = Receiver(), [low(), high()]
    for turn in range(MOST_SEGMENTS * 2):
        source = sources[turn % 2]
        receiver.rewriter.aim(source)
        receiver.get(source, source.next(turn / 50, key=True))
    assert receiver.asks(receiver.got[-MOST_SEGMENTS].sequence) == receiver.got[-MOST_SEGMENTS].body
    assert receiver.asks(receiver.got[-MOST_SEGMENTS - 1].sequence) is None


def test_before_anything_was_sent_there_is_nothing_to_ask_for():
    assert Receiver().rewriter.find(17) is None


def test_audio_changes_over_at_any_packet_and_keeps_its_clock_over_a_pause():
    rewriter, out = Rewriter[str](SSRC, 48000, Random(1)), bytearray(rtp.LARGEST)
    seen: list[tuple[int, int]] = []
    rewriter.aim("microphone")
    for number in range(300):
        if number in (100, 200):
            rewriter.aim(None if number == 100 else "microphone")
        packet = normalised(b"sound", 500 + number, timestamp=number * 960, at=number / 50, codec="opus", level=30)
        if segment := rewriter.place("microphone", packet):
            rewriter.write(packet, segment, out, 0)
            made = rtp.parse(bytes(out[: packet.size]))
            assert (made.payload_type, made.extensions, made.payload) == (111, {1: bytes((30,))}, b"sound")
            seen.append((made.sequence, made.timestamp))
    assert in_a_row((sequence for sequence, _ in seen), 0x10000)
    assert len(seen) == 200
    assert (seen[100][1] - seen[99][1]) & 0xFFFFFFFF == 101 * 960


def test_it_counts_what_it_forwards():
    receiver, source = Receiver(), low()
    receiver.rewriter.aim(source)
    receiver.get(source, *source.several(10))
    assert receiver.rewriter.packets == 10
    assert receiver.rewriter.octets == 10 * len(vp8(body=b"low1001"))
