"""Whatever arrives, the parsers either read it or refuse it, and their memory stays small."""

from collections.abc import Callable, Iterator
from random import Random
from typing import get_args

import pytest

from relay import extensions, rtcp, rtp
from relay.codecs import Codec, is_keyframe, vp8
from relay.malformed import Malformed
from relay.twcc import Feedback
from tests.relay import packets
from tests.relay.packets import IDS, one_byte_form, packed, two_byte_form, wire
from tests.relay.test_codecs import KEY, OTHER
from tests.relay.test_rtcp import MESSAGES

CODECS: tuple[Codec, ...] = get_args(Codec)
PACKETS = [
    wire(packets.vp8(key=True), extension=one_byte_form({5: b"abc", 7: b"\0\1", 9: b"\1"}), padding=9),
    wire(packets.vp8(), extension=two_byte_form({14: b"\xa0", 5: b"abc", 4: b"mid"}), sources=(1, 2, 3)),
    wire(b"\x12\x34" + packets.vp8(), payload_type=97, padding=255),
    wire(b"", padding=200),
]
COMPOUNDS = [rtcp.pack([message]) for message in MESSAGES] + [rtcp.pack(MESSAGES)]
PAYLOADS = [payload for _, payload in KEY + OTHER]


def read_rtp(data: bytes) -> None:
    packet = rtp.parse(data)
    assert len(packet.extensions) <= extensions.MOST_EXTENSIONS
    original = rtp.unwrap_rtx(packet, 1, 96)
    for one in filter(None, (packet, original)):
        for codec in CODECS:
            try:
                made = rtp.normalise(one, codec, IDS, 1, 0.0)
            except Malformed:
                continue
            assert made.size == len(packed(made)) <= rtp.LARGEST
            assert made.picture_at + 2 <= made.size
            assert made.tl0_at < made.size
            assert rtp.parse(packed(made)).payload == one.payload


def read_rtcp(data: bytes) -> None:
    for message in rtcp.parse(data):
        rtcp.pack([message]) if not isinstance(message, Feedback) else message.times


def read_payload(data: bytes) -> None:
    for codec in CODECS:
        try:
            is_keyframe(codec, data)
        except Malformed:
            continue
    vp8(data)


def read_extensions(data: bytes) -> None:
    found, end = extensions.parse(data, 0)
    assert end <= len(data)
    assert len(found) <= extensions.MOST_EXTENSIONS


PARSERS: list[tuple[Callable[[bytes], None], list[bytes]]] = [
    (read_rtp, PACKETS),
    (read_rtcp, COMPOUNDS),
    (read_payload, PAYLOADS),
    (read_extensions, [one_byte_form({1: b"a", 2: b"abc"}), two_byte_form({1: b"", 200: b"abc"})]),
    (lambda data: Feedback.parse(data) and None, [MESSAGES[-1].pack()[4:]]),
]


def spoilt(samples: list[bytes], random: Random) -> Iterator[bytes]:
    """Noise, and real ones cut short, with bits turned over, bytes replaced, pieces doubled."""
    for _ in range(300):
        yield random.randbytes(random.randrange(80))
        data = bytearray(random.choice(samples))
        for _ in range(random.randrange(4)):
            if data:
                data[random.randrange(len(data))] ^= 1 << random.randrange(8)
            if data and random.random() < 0.3:
                data[random.randrange(min(len(data), 24))] = random.randrange(256)
        if random.random() < 0.4:
            del data[random.randrange(len(data) + 1) :]
        if random.random() < 0.2:
            data += bytes(data)
        yield bytes(data)
        yield bytes((data[0] if data else 0x90,)) + random.randbytes(random.choice([11, 40, 1499, 1500]))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("parser", "samples"), PARSERS, ids=["rtp", "rtcp", "payload", "extensions", "twcc"])
def test_a_parser_reads_it_or_refuses_it(parser, samples, seed):
    for data in spoilt(samples, Random(seed)):
        try:
            parser(data)
        except Malformed:
            continue


@pytest.mark.parametrize(("parser", "samples"), PARSERS, ids=["rtp", "rtcp", "payload", "extensions", "twcc"])
def test_every_beginning_of_a_real_one_is_read_or_refused(parser, samples):
    for sample in samples:
        for end in range(len(sample) + 1):
            try:
                parser(sample[:end])
            except Malformed:
                assert end < len(sample) or parser is read_payload or sample is PACKETS[3]
