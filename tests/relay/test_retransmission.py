"""Answering those who lost something, and whole meetings of bad luck."""

from random import Random
from struct import unpack

import pytest

from relay import rtp
from relay.cache import Budget, Cache
from relay.rewriting import Retransmitter
from tests.relay.packets import normalised, vp8
from tests.relay.test_rewriting import SSRC, Receiver, Source, high, low, read

RTX = 0xF00D
ROUND_TRIP = 0.1


class Answering(Receiver):
    """A receiver with a cache before it, as the relay has one per layer."""

    def __init__(self) -> None:
        super().__init__()
        self.resender = Retransmitter[Source](self.rewriter, RTX, Random(2))
        self.budget = Budget(0.0)
        self.cache = Cache()

    def watch(self, source: Source, count: int, at: float = 0.0) -> None:
        self.rewriter.aim(source)
        for packet in source.several(count, start=at):
            self.cache.put([packet])
            self.get(source, packet)

    def again(self, *lost: int, at: float = 0.5, bitrate: float = 1e9) -> list[bytes]:
        made, out = [], bytearray(rtp.LARGEST + 5)
        answers = self.resender.answer(
            lost, lambda _, index: self.cache.get(index, at), self.budget, bitrate, at, ROUND_TRIP
        )
        for resend in answers:
            self.resender.write(resend, out, 3, b"now")
            made.append(bytes(out[3 : resend.packet.size + 5]))
        return made


def original(data: bytes) -> bytes:
    """The packet inside, as it was sent the first time."""
    packet = rtp.parse(data)
    inside = rtp.unwrap_rtx(packet, SSRC, 96)
    assert inside is not None
    at = len(data) - len(packet.payload)
    head = bytes((data[0], data[1] - 1)) + packet.payload[:2] + data[4:8] + SSRC.to_bytes(4, "big") + data[12:at]
    return head + inside.payload


def test_a_resend_carries_the_very_packet_that_was_lost():
    receiver = Answering()
    receiver.watch(high(), 20)
    lost = receiver.got[10]
    (data,) = receiver.again(lost.sequence)
    packet = rtp.parse(data)
    assert (packet.ssrc, packet.payload_type) == (RTX, 97)
    assert packet.extensions[2] == b"now"
    assert unpack("!H", packet.payload[:2]) == (lost.sequence,)
    assert read(original(data)) == lost


def largest(receiver: Answering) -> int | None:
    found = receiver.resender.largest(lambda layer, index: layer.sent.get(index))
    return found and found.packet.size


def test_the_largest_of_the_newest_packets_is_there_to_fill_with():
    receiver, source = Answering(), low()
    assert largest(receiver) is None
    receiver.watch(source, 30)
    usual = largest(receiver)
    source.sent[source.index - 3].size += 1
    assert largest(receiver) == usual + 1
    receiver.rewriter.aim(None)
    assert largest(receiver) is None
    receiver.rewriter.aim(source)
    receiver.get(source, source.next(1.0, key=True))
    assert largest(receiver) == usual


def test_resends_are_numbered_on_their_own():
    receiver = Answering()
    receiver.watch(low(), 20)
    numbers = [rtp.parse(data).sequence for data in receiver.again(*(one.sequence for one in receiver.got))]
    assert numbers == list(range(numbers[0], numbers[0] + 20))
    assert 0 < numbers[0] < 0x8000


def test_the_same_packet_is_sent_again_once_in_a_round_trip():
    receiver = Answering()
    receiver.watch(low(), 5)
    lost = receiver.got[2].sequence
    assert len(receiver.again(lost, lost, at=0.5)) == 1
    assert receiver.again(lost, at=0.59) == []
    assert len(receiver.again(lost, at=0.61)) == 1


def test_resends_end_with_the_budget():
    receiver = Answering()
    receiver.watch(low(), 20)
    asked = [one.sequence for one in receiver.got]
    while receiver.budget.spend(1, 0.0, 0.5):
        pass
    assert receiver.again(*asked, bitrate=0) == []
    assert len(receiver.again(*asked, at=0.52, bitrate=0)) == 3
    assert len(receiver.again(*asked, at=0.7, bitrate=0)) == 20


def test_what_is_not_there_any_more_costs_nothing():
    receiver = Answering()
    receiver.watch(low(), 5)
    unknown = (receiver.got[-1].sequence + 1) & 0xFFFF
    receiver.rewriter.place(receiver.rewriter.layer, normalised(vp8(), 1009))
    never_came = (unknown + 1) & 0xFFFF
    assert len(receiver.again(0, never_came, receiver.got[0].sequence, at=0.0)) == 1
    assert receiver.again(receiver.got[1].sequence, at=9.0) == []
    assert receiver.again(receiver.got[0].sequence, at=0.5) != []


@pytest.mark.parametrize("seed", range(20))
def test_whatever_happens_a_number_means_one_packet(seed):
    """Loss, disorder, repetition, pauses, switches: what every receiver may rely on."""
    random = Random(seed)
    receiver, sources = Receiver(seed), [low(), high()]
    for source, packet in adventures(receiver, sources, random):
        receiver.get(source, packet)
    assert len(receiver.got) > 200
    assert len({one.body for one in receiver.got}) == len({one.sequence for one in receiver.got}) == len(receiver.got)
    assert no_step_is_far(receiver)
    for one in receiver.got[-300:]:
        assert receiver.asks(one.sequence) in (one.body, None)


def adventures(receiver: Receiver, sources: list[Source], random: Random):
    """Packets as they come, disturbed; meanwhile the receiver changes its mind."""
    held, caches = [], {source.name: Cache() for source in sources}
    for number in range(1500):
        at = number / 50
        if random.random() < 0.02:
            receiver.rewriter.aim(random.choice([*sources, None]))
        for source in sources:
            packet = source.next(at, key=random.random() < 0.05)
            fate = random.random()
            if fate < 0.85:
                held.append((number, source, packet))
            elif fate < 0.95:
                held.append((number + random.randrange(1, 30), source, packet))
            if fate < 0.05:
                held.append((number + random.randrange(0, 5), source, packet))
        for _, source, packet in [one for one in held if one[0] <= number]:
            if caches[source.name].put([packet]):
                yield source, packet
        held = [one for one in held if one[0] > number]


def no_step_is_far(receiver: Receiver) -> bool:
    steps = [
        ((after.sequence - before.sequence + 0x8000) & 0xFFFF) - 0x8000
        for before, after in zip(receiver.got, receiver.got[1:], strict=False)
    ]
    return all(-64 < step < 64 for step in steps)
